package dev.rq4j.redis;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.PretendWorker;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The other end goes without a word: nothing breaks and nothing answers, while a new connection would work. */
@ExtendWith(RedisExtension.class)
class HalfOpenIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final TcpProxy proxy = new TcpProxy(RedisExtension.uri());
    private final RedisClient application = RedisClient.create();
    private RawRedis redis;
    private RedisEndpoint endpoint;
    private JobClient jobs;

    @BeforeEach
    void connect(RawRedis redis) {
        this.redis = redis;
        RedisURI uri = RedisURI.create(proxy.uri());
        uri.setTimeout(TIMEOUT);
        uri.setClientName(redis.prefix());
        this.endpoint = RedisEndpoint.of(application, uri);
        this.jobs = JobClient.connect(endpoint, JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
    }

    @AfterEach
    void close() {
        RedisExtension.close(jobs);
        application.shutdown();
        proxy.close();
    }

    @Test
    void aRequestGoesToANewConnectionAfterThreeTimeouts() {
        get(jobs.ping().thenReturn(true));
        proxy.stall();

        long start = System.nanoTime();
        get(jobs.queue("q").enqueue(ECHO, "hello"));

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(TIMEOUT.multipliedBy(3), TIMEOUT.multipliedBy(10));
        assertThat(redis.queue("q")).hasSize(1);
        assertThat(proxy.accepted()).isEqualTo(2);
        Eventually.holds(() -> assertThat(proxy.connections()).isEqualTo(1));
    }

    @Test
    void whoIsLessPatientThanTheClientGetsThroughToo() {
        get(jobs.ping().thenReturn(true));
        proxy.stall();

        Eventually.holds(() -> assertThat(jobs.queue("q")
                        .size()
                        .timeout(TIMEOUT.dividedBy(5), Mono.just(-1L))
                        .block())
                .isZero());
    }

    @Test
    void manyRequestsAtOnceAreAllAnsweredOnOneNewConnection() {
        get(jobs.ping().thenReturn(true));
        proxy.stall();

        StepVerifier.create(Flux.range(0, 100)
                        .delayElements(Duration.ofMillis(10))
                        .flatMap(i -> jobs.queue("q").size()))
                .expectNextCount(100)
                .expectComplete()
                .verify(Eventually.DEADLINE);
        assertThat(proxy.accepted()).isEqualTo(2);
    }

    @Test
    void aResultThatIsWaitedForAllTheTimeComes(JobClient elsewhere) {
        JobHandle<String> job = get(jobs.queue("q").enqueue(ECHO, "hello"));
        PretendWorker worker = new PretendWorker(elsewhere);

        StepVerifier.create(job.result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .then(proxy::stall)
                .then(() -> worker.finish(worker.claimOne("q"), "done"))
                .expectNext("done")
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void leasesAreExtendedOverANewConnectionAfterOneTimeout() {
        PretendWorker worker = new PretendWorker(jobs);
        worker.enqueue("q");
        List<ClaimedJob> held = worker.claim(1, "q");
        assertThat(worker.extend(held)).containsExactly(true);
        proxy.stall();

        long start = System.nanoTime();
        assertThat(worker.extend(held)).containsExactly(true);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(TIMEOUT, TIMEOUT.multipliedBy(3));
        assertThat(proxy.accepted()).isEqualTo(3);
    }

    @Test
    void messagesComeAgainOverANewConnection() {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        String channel = redis.key("pubsub:w");
        Disposable listening =
                jobs.engine().workers().commands("w").subscribe(message -> heard.add(new String(message)));
        Eventually.holds(() -> {
            redis.commands().publish(channel, "before");
            assertThat(heard).contains("before");
        });
        proxy.stall();

        Eventually.holds(() -> {
            redis.commands().publish(channel, "after");
            assertThat(heard).contains("after");
        });
        assertThat(proxy.accepted()).isEqualTo(2);
        listening.dispose();
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 0L));
    }

    @Test
    void whoWaitsForWorkIsWokenAgain() {
        QueueSignal signal = jobs.engine().signal();
        StepVerifier.create(signal.await(List.of("q")))
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.commands().clientList().lines())
                                .anyMatch(client -> client.contains(redis.prefix()) && client.contains("cmd=blmove"))))
                .then(proxy::stall)
                .expectNext(true)
                .expectComplete()
                .verify(Eventually.DEADLINE);

        StepVerifier.create(signal.await(List.of("q")))
                .then(() -> redis.commands().rpush(redis.key("queue:q"), "one"))
                .expectNext(true)
                .expectComplete()
                .verify(Duration.ofSeconds(3));

        assertThat(proxy.accepted()).isEqualTo(2);
        signal.close().block(Eventually.DEADLINE);
    }
}
