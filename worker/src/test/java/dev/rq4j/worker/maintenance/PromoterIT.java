package dev.rq4j.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.LeastRights;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What is due is done where no message may be heard, too. */
class PromoterIT {

    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);
    private static final List<String> QUEUE = List.of("q");

    private final Disposable.Composite kept = Disposables.composite();
    private EmbeddedRedis server;
    private JobClient jobs;
    private RawRedis redis;
    private Turns turns;

    @BeforeEach
    void connectWithoutTheRightToListen() {
        server = EmbeddedRedis.start(
                "--aclfile", LeastRights.writeFor("rq:*", "-subscribe").toString());
        jobs = JobClient.connect(LeastRights.as("rq4j", server.uri()));
        redis = new RawRedis(LeastRights.as("admin", server.uri()), "rq");
        turns = new Turns(jobs.engine().turns(), QUEUE);
    }

    @AfterEach
    void end() {
        kept.dispose();
        RedisExtension.close(jobs);
        redis.close();
        server.close();
    }

    /** The time in which it would look by itself does not pass here. */
    @Test
    void whoseTurnItHasBecomeLooksAtOnce() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        promote(time);
        enqueueForSoon();
        kept.add(turns.keep(Schedulers.parallel()).subscribe());
        Eventually.holds(() -> assertThat(turns.mine()).isEqualTo(QUEUE));

        Eventually.holds(() -> {
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(redis.queue("q")).hasSize(1);
        });

        assertThat(time.now(TimeUnit.MILLISECONDS)).isLessThan(1000);
    }

    @Test
    void whatBecomesDueLaterIsFoundByLooking() {
        promote(Schedulers.parallel());
        kept.add(turns.keep(Schedulers.parallel()).subscribe());
        Eventually.holds(() -> assertThat(turns.mine()).isEqualTo(QUEUE));

        enqueueForSoon();

        Eventually.holds(() -> assertThat(redis.queue("q")).hasSize(1));
    }

    private void promote(Scheduler timer) {
        Promoter promoter = new Promoter(jobs.engine().times(), Mono.empty());
        kept.add(promoter.keep(turns, timer).subscribe());
    }

    private void enqueueForSoon() {
        jobs.queue("q")
                .enqueue(ECHO, "x", options -> options.delay(Duration.ofMillis(1)))
                .block(Eventually.DEADLINE);
    }
}
