package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

@ExtendWith(RedisExtension.class)
class QueueSignalIT {

    private RawRedis redis;
    private QueueSignal signal;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.signal = jobs.engine().signal();
    }

    @AfterEach
    void close() {
        signal.close().block(Eventually.DEADLINE);
    }

    @Test
    void comesAtOnceWhenThereIsSomethingAndTakesNothing() {
        push("q", "one", "two");

        StepVerifier.create(signal.await(List.of("empty", "q")))
                .expectNext(true)
                .expectComplete()
                .verify(Eventually.DEADLINE);

        assertThat(redis.queue("q")).containsExactly("one", "two");
    }

    @Test
    void comesWhenSomebodyPutsSomethingThere() {
        // several times, so that the end of the wait cannot be what answers each of them
        for (int i = 0; i < 5; i++) {
            String queue = "q" + i;
            long[] pushed = {0};
            StepVerifier.create(signal.await(List.of("other", queue)))
                    .then(() -> awaitBlocked())
                    .then(() -> pushed[0] = System.nanoTime())
                    .then(() -> push(queue, "one"))
                    .expectNext(true)
                    .expectComplete()
                    .verify(Eventually.DEADLINE);
            assertThat(redis.queue(queue)).containsExactly("one");
            if (Duration.ofNanos(System.nanoTime() - pushed[0]).toMillis() < 500) {
                return;
            }
        }
        throw new AssertionError("five signals in turn took as long as the whole wait");
    }

    @Test
    void endsByItselfWhenNothingComes() {
        StepVerifier.create(signal.await(List.of("q")))
                .expectNext(false)
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void whoWaitsAgainWhenItIsOverWaitsAnew() {
        push("q", "one");

        StepVerifier.create(signal.await(List.of("q"))
                        .doOnNext(found -> redis.commands().del(redis.key("queue:q")))
                        .flatMap(found -> signal.await(List.of("q"))))
                .expectNext(false)
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void theNextWhoWaitsJoinsTheWaitUnderWay() {
        Disposable first = signal.await(List.of("q")).subscribe();
        awaitBlocked();
        first.dispose();

        StepVerifier.create(signal.await(List.of("q")))
                .then(() -> push("q", "one"))
                .expectNext(true)
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void aQueueThatIsNoListDoesNotMakeItSpin() {
        redis.commands().set(redis.key("queue:q"), "not a list");
        long start = System.nanoTime();

        StepVerifier.create(signal.await(List.of("q")))
                .expectNext(true)
                .expectComplete()
                .verify(Eventually.DEADLINE);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(200));
    }

    @Test
    void closingEndsAConnectionThatIsBeingMadeAndNoOtherIsMade(RawRedis redis) {
        TcpProxy proxy = new TcpProxy(RedisExtension.uri());
        JobClient jobs = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        QueueSignal early = jobs.engine().signal();

        early.await(List.of("q")).subscribe();
        early.close().block(Eventually.DEADLINE);
        early.await(List.of("q", "other")).block(Eventually.DEADLINE);

        Eventually.holds(() -> assertThat(proxy.accepted()).isEqualTo(1));
        Eventually.holds(() -> assertThat(proxy.connections()).isZero());
        RedisExtension.close(jobs);
        proxy.close();
    }

    private void push(String queue, String... ids) {
        redis.commands().rpush(redis.key("queue:" + queue), ids);
    }

    private void awaitBlocked() {
        Eventually.holds(() -> assertThat(redis.commands().clientList()).contains("cmd=blmove"));
    }
}
