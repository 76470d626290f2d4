package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.worker.testing.TestWorker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Not before and not after: when jobs run again that succeeded, and how those end that wait for too long. */
class SchedulingIT extends Scene {

    private static final Duration HOUR = Duration.ofHours(1);
    /** Longer than a test takes. */
    private static final Duration MARGIN = Duration.ofMinutes(2);

    private TestWorker worker;

    @BeforeEach
    void hire() {
        worker = TestWorker.of(jobs, builder -> builder.queues(QUEUE).handle(ACT, script));
    }

    @ParameterizedTest
    @MethodSource("repeats")
    void repetitionsComeAfterTheIntervalsInTheirOrder(List<Integer> hours, List<Integer> pauses) {
        JobHandle<String> job = enqueue(
                "x",
                options -> options.repeat(Repeat.times(pauses.size())
                        .every(hours.stream().map(HOUR::multipliedBy).toArray(Duration[]::new))));
        get(worker.drain());
        assertThat(script.started()).hasSize(1);

        for (int run = 1; run <= pauses.size(); run++) {
            pass(HOUR.multipliedBy(pauses.get(run - 1)).minus(MARGIN));
            assertThat(script.started()).as("too early for run %d", run + 1).hasSize(run);
            pass(MARGIN);
            assertThat(script.started()).as("time for run %d", run + 1).hasSize(run + 1);
        }

        assertThat(get(job.result())).isEqualTo("x");
        pass(HOUR.multipliedBy(10));
        assertThat(script.started()).hasSize(pauses.size() + 1);
    }

    static Stream<Arguments> repeats() {
        return Stream.of(
                Arguments.of(List.of(1, 2, 3), List.of(1, 2, 3)),
                Arguments.of(List.of(1, 2, 3), List.of(1, 2, 3, 3, 3)),
                Arguments.of(List.of(3, 2, 1), List.of(3, 2)),
                Arguments.of(List.of(2), List.of(2, 2, 2)));
    }

    @Test
    void aJobThatNobodyStartsInTimeExpires() {
        pause();
        assertExpires(enqueue("x", job -> job.ttl(HOUR)));
        assertThat(redis.queue(QUEUE)).isEmpty();
    }

    @Test
    void aJobThatWaitsForItsTimeExpires() {
        assertExpires(enqueue("x", job -> job.delay(HOUR.minusSeconds(1)).ttl(HOUR)));
    }

    @Test
    void aJobThatWaitsForAnotherExpires() {
        JobHandle<String> parent = enqueue("x", job -> job.delay(Duration.ofDays(1)));

        assertExpires(enqueue("x", job -> job.dependsOn(parent.id()).ttl(HOUR)));

        assertThat(redis.keysOf(parent.id())).containsExactly("job:" + parent.id());
    }

    @Test
    void aJobThatWaitsForItsTurnExpires() {
        RateLimit daily = RateLimit.rate("daily", 1, Duration.ofDays(1));
        enqueue("x", job -> job.limit(daily));

        assertExpires(enqueue("x", job -> job.limit(daily).ttl(HOUR)));
    }

    @Test
    void aJobThatHasStartedInTimeDoesNotExpire() {
        JobHandle<String> job = enqueue(
                "fail", options -> options.ttl(HOUR).retry(RetryPolicy.times(1).fixed(HOUR)));
        get(worker.drain());

        pass(HOUR.multipliedBy(2));

        assertThat(trace(job)).contains("broken on purpose");
        assertThat(script.started()).hasSize(2);
    }

    /** Whoever waits for it is told when its time is over, and not before; nothing of it is left then. */
    private void assertExpires(JobHandle<String> job) {
        CompletableFuture<String> waiting = job.result().toFuture();
        Eventually.holds(() -> assertThat(redis.listeners(job.id())).isEqualTo(1));

        pass(HOUR.minus(MARGIN));
        assertThat(waiting).isNotDone();
        assertThat(redis.job(job.id())).isNotEmpty();
        pass(MARGIN);

        assertThat(waiting)
                .failsWithin(Eventually.DEADLINE)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        JobException.JobExpired.class,
                        expired -> assertThat(expired.job()).isEqualTo(job.id()));
        assertThat(redis.keysOf(job.id())).isEmpty();
        assertThat(script.started()).doesNotContain(job.id());
        Census.holds(redis);
    }

    private void pause() {
        await(jobs.queue(QUEUE).pause());
    }

    /** Lets time pass and runs what is due. */
    private void pass(Duration time) {
        await(worker.advance(time));
        get(worker.drain());
    }
}
