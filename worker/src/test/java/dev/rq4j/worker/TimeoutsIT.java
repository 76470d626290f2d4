package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The time that an attempt may take. */
class TimeoutsIT extends Scene {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void aJobThatTakesTooLongIsCancelledAndFails() {
        JobHandle<String> slow = enqueue(HANG, options -> options.timeout(SECOND));
        JobHandle<String> next = enqueue("next");
        run(worker().concurrency(1));

        assertThat(trace(slow)).contains("JobTimedOut: job " + slow.id() + " ran longer than its timeout of PT1S");

        assertThat(get(next.result())).isEqualTo("next");
        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(slow.id()));
        assertThat(redis.ttl("job:" + slow.id())).isBetween(31_535_900L, 31_536_000L);
    }

    @Test
    void codeThatRunsOnCancelHoldsUpNeitherTimerNorDriver() {
        JobHandle<String> slow = enqueue(HANG, options -> options.timeout(SECOND));
        JobHandle<String> taken = enqueue(HANG);
        run(worker());
        Eventually.holds(() -> assertThat(script.started()).contains(taken.id()));
        get(taken.cancel());

        trace(slow);

        Eventually.holds(() -> assertThat(script.cancelThreads())
                .hasSize(2)
                .allSatisfy(name -> assertThat(name).startsWith("rq4j-handler")));
    }

    @Test
    void aFatalErrorOnAnotherThreadReachesNobodyAndEndsWithTheTimeout() {
        JobHandle<String> job = enqueue("x", options -> options.timeout(SECOND));
        Thread.UncaughtExceptionHandler quiet = (thread, error) -> {};
        run(worker(jobs).handle(ACT, input -> {
            Sinks.One<String> later = Sinks.one();
            Thread other = new Thread(() -> {
                // Before, the value would come on the thread that subscribes.
                Eventually.holds(
                        () -> assertThat(later.currentSubscriberCount()).isEqualTo(1));
                later.tryEmitValue(input);
            });
            other.setUncaughtExceptionHandler(quiet);
            return later.asMono().doOnSubscribe(begun -> other.start()).map(value -> {
                throw new NoClassDefFoundError("missing");
            });
        }));

        assertThat(trace(job)).contains("JobTimedOut").doesNotContain("NoClassDefFoundError");
    }

    @Test
    void theTimeoutOfOneJobIsNotThatOfAnother() {
        JobHandle<String> patient = enqueue(ScriptedHandler.GATE, options -> options.noTimeout());
        JobHandle<String> slow = enqueue(HANG, options -> options.timeout(SECOND));
        run(worker());

        trace(slow);
        script.open(patient.id());

        assertThat(get(patient.result())).isEqualTo("through the gate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999999999", "9223372036854775807", "-1", ""})
    void aTimeoutOfAgesIsNone(String field) {
        JobHandle<String> job = enqueue("done");
        redis.commands().hset(redis.key("job:" + job.id()), "timeout", field);

        assertThat(drain(worker())).isEqualTo(1);

        assertThat(get(job.result())).isEqualTo("done");
    }

    @Test
    void aValueInTimeIsNotTakenBack() {
        JobHandle<String> job = enqueue("x", options -> options.timeout(SECOND));

        drain(worker(jobs)
                .handle(ACT, input -> Mono.delay(Duration.ofMillis(300)).thenReturn("in time")));

        assertThat(get(job.result())).isEqualTo("in time");
    }
}
