package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Schedulers;

/** Errors that reach nobody any more; Reactor prints them. They are the same for all workers of a JVM, hence alone. */
@Isolated
class DroppedErrorsIT {

    private final List<Throwable> dropped = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void listenNoMore() {
        Hooks.resetOnErrorDropped();
    }

    @Test
    void aWebhookThatIsGivenUpDropsNoError() throws Exception {
        try (Receiver receiver = new Receiver()) {
            WebhookSender sender = new WebhookSender(WebhookOptions.DEFAULTS, Schedulers.parallel());
            Delivery delivery = new Delivery(receiver.url("drip"), "GET", Map.of(), 60, null);
            Disposable call = sender.send(delivery, "hook").subscribe();
            Eventually.holds(() -> assertThat(receiver.written()).isPositive());

            call.dispose();
            receiver.awaitHangUp();

            assertThat(dropped).isEmpty();
        }
    }

    @Test
    void aWorkerThatEndsWithoutRedisDropsNoError() {
        try (EmbeddedRedis server = EmbeddedRedis.start()) {
            JobClient client = JobClient.connect(server.uri());
            RunningWorker worker = new RunningWorker(Scene.worker(client).build());
            try (RawRedis redis = new RawRedis(server.uri(), "rq")) {
                Eventually.holds(() ->
                        assertThat(redis.commands().smembers("rq:workers")).hasSize(1));
            }

            server.freeze();
            worker.stop(Duration.ZERO);
            RedisExtension.close(client);

            assertThat(dropped).isEmpty();
            server.thaw();
        }
    }
}
