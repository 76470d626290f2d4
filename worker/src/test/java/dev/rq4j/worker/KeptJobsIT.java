package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** How long jobs are kept that a worker ran. */
class KeptJobsIT extends Scene {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aJobWhoseFunctionReturnsNothingStillExistsAfterADrain() {
        Task<String, String> blocking = Task.of("tests.blocking", String.class, String.class);
        Task<String, Void> ofVoid = Task.of("tests.void", String.class, Void.class);
        List<JobHandle<?>> handles = List.of(
                enqueue("empty"),
                get(jobs.queue(QUEUE).enqueue(blocking, "x")),
                get(jobs.queue(QUEUE).enqueue(ofVoid, "x")));

        drain(worker().handleBlocking(blocking, input -> null)
                .handle(ofVoid, input -> Mono.delay(Duration.ofMillis(1)).then()));

        for (JobHandle<?> job : handles) {
            assertThat(status(job.id())).isEqualTo("finished");
            assertKept(job.id(), "finished", 500);
            StepVerifier.create(job.result()).verifyComplete();
            assertThat(redis.history(job.id())).hasSize(1);
        }
    }

    @Test
    void aJobWithAResultIsKeptForFiveHundredSeconds() {
        assertKept(ran("value", options -> {}), "finished", 500);
    }

    @Test
    void aWorkerCanSayHowLongJobsAreKeptThatDoNotSay() {
        JobHandle<String> silent = enqueue("value");
        JobHandle<String> asked = enqueue("value", options -> options.resultTtl(Duration.ofMinutes(7)));
        drain(worker().resultTtl(HOUR));

        assertKept(silent.id(), "finished", 3600);
        assertKept(asked.id(), "finished", 420);
        JobHandle<String> kept = enqueue("value");
        drain(worker().resultTtl(Retention.none()));
        assertThat(redis.keysOf(kept.id())).isEmpty();
    }

    @Test
    void aResultTtlOfZeroLeavesNoKeyOfTheJob() {
        JobId value = ran("value", options -> options.resultTtl(Duration.ZERO));
        JobId empty = ran("empty", options -> options.resultTtl(Duration.ZERO));

        assertThat(redis.keysOf(value)).isEmpty();
        assertThat(redis.keysOf(empty)).isEmpty();
        assertThat(get(jobs.queue(QUEUE).finished().count())).isZero();
    }

    @Test
    void whoWaitedGetsAResultThatIsNotKept() {
        JobHandle<String> job = enqueue(ScriptedHandler.GATE, options -> options.resultTtl(Duration.ZERO));
        run(worker());

        CompletableFuture<String> result = job.result().toFuture();
        Eventually.holds(() -> assertThat(redis.listeners(job.id())).isEqualTo(1));
        script.open(job.id());

        assertThat(get(Mono.fromFuture(result))).isEqualTo("through the gate");
        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void anHourIsAnHour() {
        assertKept(ran("value", options -> options.resultTtl(HOUR)), "finished", 3600);
        assertKept(ran("empty", options -> options.resultTtl(HOUR)), "finished", 3600);
        assertKept(ran("fail", options -> options.failureTtl(HOUR)), "failed", 3600);
    }

    @Test
    void forEverHasNoEnd() {
        for (String act : List.of("value", "empty")) {
            JobId job = ran(act, options -> options.resultTtl(Retention.forever()));

            assertThat(redis.ttl("job:" + job)).isEqualTo(-1);
            assertThat(redis.ttl("results:" + job)).isEqualTo(-1);
            assertThat(redis.score("finished:" + QUEUE, job.value())).isInfinite();
        }
    }

    @Test
    void aFailedJobIsKeptForAYear() {
        assertKept(ran("fail", options -> options.resultTtl(HOUR)), "failed", 365 * 24 * 3600);
    }

    @Test
    void aFailureTtlOfZeroLeavesNoKeyOfTheJob() {
        assertThat(redis.keysOf(ran("fail", options -> options.failureTtl(Duration.ZERO))))
                .isEmpty();
    }

    @Test
    void retentionCanBeChangedLater() {
        JobId id = ran("value", options -> {});
        JobHandle<String> job = jobs.job(id, ACT);

        assertThat(get(job.retain(HOUR))).isTrue();
        assertKept(id, "finished", 3600);

        assertThat(get(job.persist())).isTrue();
        assertThat(redis.ttl("job:" + id)).isEqualTo(-1);
        assertThat(redis.ttl("results:" + id)).isEqualTo(-1);

        assertThat(get(job.retain(Duration.ofMinutes(1)))).isTrue();
        assertKept(id, "finished", 60);
    }

    @Test
    void retentionCanBeChangedWhileTheJobRuns() {
        JobHandle<String> job = enqueue(ScriptedHandler.GATE);
        run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        assertThat(get(job.retain(HOUR))).isTrue();
        script.open(job.id());

        assertThat(get(job.result())).isEqualTo("through the gate");
        assertKept(job.id(), "finished", 3600);
    }

    private JobId ran(String act, Consumer<JobOptions.Builder> options) {
        JobHandle<String> job = enqueue(act, options);
        assertThat(drain(worker())).isEqualTo(1);
        return job.id();
    }

    private void assertKept(JobId job, String registry, long seconds) {
        assertThat(redis.ttl("job:" + job)).isCloseTo(seconds, within(5L));
        assertThat(redis.ttl("results:" + job)).isCloseTo(seconds, within(5L));
        assertThat(redis.score(registry + ":" + QUEUE, job.value())).isCloseTo(redis.now() + seconds, within(5d));
    }
}
