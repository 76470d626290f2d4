package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Retention;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

/** How long an ended job stays, as it was asked for when it was enqueued. */
@ExtendWith(RedisExtension.class)
class RetentionIT {

    private static final long YEAR = 31_536_000;

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void aFinishedJobStays500SecondsUnlessAskedOtherwise() {
        JobHandle<String> job = enqueue(options -> {});

        assertThat(worker.finish(worker.claimOne("q"), "done")).isEqualTo(Settled.DONE);

        assertKept(job, "finished", 500);
        assertThat(redis.job(job.id())).containsEntry("status", "finished");
        assertThat(redis.history(job.id()))
                .singleElement()
                .satisfies(entry -> assertThat(entry)
                        .containsEntry("type", "1")
                        .containsEntry("worker_name", "pretend")
                        .containsEntry("return_value", "ImRvbmUi")
                        .containsKeys("execution_id", "execution_started_at", "execution_ended_at"));
        assertThat(get(job.result())).isEqualTo("done");
    }

    @Test
    void aJobThatReturnedNothingStaysAsLongAsAnyOther() {
        JobHandle<String> job = enqueue(options -> {});

        worker.finish(worker.claimOne("q"), null);

        assertKept(job, "finished", 500);
        assertThat(redis.history(job.id()))
                .singleElement()
                .satisfies(entry -> assertThat(entry).containsEntry("type", "1").doesNotContainKey("return_value"));
        StepVerifier.create(job.result()).expectComplete().verify(Eventually.DEADLINE);
    }

    @Test
    void aFinishedJobStaysAsLongAsAskedFor() {
        JobHandle<String> job = enqueue(options -> options.resultTtl(Duration.ofHours(1)));

        worker.finish(worker.claimOne("q"), "done");

        assertKept(job, "finished", 3600);
        assertThat(get(job.snapshot()).expiresIn()).isCloseTo(Duration.ofHours(1), Duration.ofSeconds(5));
    }

    @Test
    void retentionZeroLeavesNoKeyAndStillAnswersThoseWhoWait() {
        JobHandle<String> job = enqueue(options -> options.resultTtl(Duration.ZERO));
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(job.result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .then(() -> worker.finish(claim, "done"))
                .expectNext("done")
                .expectComplete()
                .verify(Eventually.DEADLINE);

        assertThat(redis.keysOf(job.id())).isEmpty();
        assertThat(redis.keys()).doesNotContain("finished:q", "wip:q");
        assertThatExceptionOfType(JobException.NoSuchJob.class).isThrownBy(() -> get(job.result()));
    }

    @Test
    void aLargeResultThatIsNotKeptIsPushedWhole() {
        JobHandle<String> job = enqueue(options -> options.resultTtl(Duration.ZERO));
        ClaimedJob claim = worker.claimOne("q");
        String large = "x".repeat(500_000);

        StepVerifier.create(job.result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .then(() -> worker.finish(claim, large))
                .expectNext(large)
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void forEverIsNoExpiry() {
        JobHandle<String> job = enqueue(options -> options.resultTtl(Retention.forever()));

        worker.finish(worker.claimOne("q"), "done");

        assertThat(redis.ttl("job:" + job.id())).isEqualTo(-1);
        assertThat(redis.ttl("results:" + job.id())).isEqualTo(-1);
        assertThat(redis.ttl("finished:q")).isEqualTo(-1);
        assertThat(redis.score("finished:q", job.id().value())).isInfinite();
        assertThat(get(jobs.queue("q").finished().count())).isEqualTo(1);
        assertThat(get(job.snapshot()).expiresIn()).isNull();
    }

    @Test
    void aFailedJobStaysAYearUnlessAskedOtherwise() {
        JobHandle<String> job = enqueue(options -> options.resultTtl(Duration.ofSeconds(7)));

        worker.fail(worker.claimOne("q"), "java.lang.IllegalStateException: broken\n\tat Some.where");

        assertKept(job, "failed", YEAR);
        assertThat(redis.job(job.id())).containsEntry("status", "failed");
        assertThat(redis.history(job.id()))
                .singleElement()
                .satisfies(entry -> assertThat(entry).containsEntry("type", "2").containsKey("exc_string"));
    }

    @Test
    void aFailedJobStaysAsLongAsAskedFor() {
        JobHandle<String> job = enqueue(options -> options.failureTtl(Duration.ofMinutes(2)));

        worker.fail(worker.claimOne("q"), "broken");

        assertKept(job, "failed", 120);
    }

    @Test
    void failureRetentionZeroLeavesNoKeyAndStillAnswersThoseWhoWait() {
        JobHandle<String> job = enqueue(options -> options.failureTtl(Duration.ZERO));
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(job.result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .then(() -> worker.fail(claim, "broken"))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.JobFailed.class)
                        .hasMessageContaining("broken"))
                .verify(Eventually.DEADLINE);

        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void aStoppedJobStaysWithTheFailedOnes() {
        JobHandle<String> job = enqueue(options -> options.failureTtl(Duration.ofMinutes(2)));

        worker.stop(worker.claimOne("q"));

        assertKept(job, "failed", 120);
        assertThat(get(job.status())).isEqualTo(JobStatus.STOPPED);
    }

    @Test
    void aCanceledJobStaysLikeAFailedOne() {
        JobHandle<String> unset = enqueue(options -> {});
        JobHandle<String> set = enqueue(options -> options.failureTtl(Duration.ofMinutes(2)));
        JobHandle<String> none = enqueue(options -> options.failureTtl(Duration.ZERO));

        assertThat(get(unset.cancel())).isTrue();
        assertThat(get(set.cancel())).isTrue();
        assertThat(get(none.cancel())).isTrue();

        assertThat(redis.ttl("job:" + unset.id())).isCloseTo(YEAR, within(5L));
        assertThat(redis.ttl("job:" + set.id())).isCloseTo(120, within(5L));
        assertThat(redis.keysOf(none.id())).isEmpty();
        assertThat(jobs.queue("q").canceled().ids().collectList().block()).containsExactly(set.id(), unset.id());
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void everyKeyOfAJobGetsTheSameTimeToLive() {
        JobHandle<String> job = enqueue(options -> options.resultTtl(Duration.ofMinutes(2)));
        redis.commands().sadd(redis.key("job::" + job.id() + ":dependencies"), "another");

        worker.finish(worker.claimOne("q"), "done");

        assertThat(redis.keysOf(job.id()))
                .hasSize(3)
                .allSatisfy(key -> assertThat(redis.ttl(key)).isCloseTo(120, within(5L)));
    }

    @Test
    void anAbsurdRetentionInTheHashIsTheDefault() {
        JobHandle<String> job = enqueue(options -> {});
        redis.commands().hset(redis.key("job:" + job.id()), "result_ttl", "soon");

        worker.finish(worker.claimOne("q"), "done");

        assertKept(job, "finished", 500);
    }

    private JobHandle<String> enqueue(Consumer<JobOptions.Builder> options) {
        return get(jobs.queue("q").enqueue(ECHO, "hello", options));
    }

    private void assertKept(JobHandle<?> job, String registry, long seconds) {
        JobId id = job.id();
        assertThat(redis.ttl("job:" + id)).as("job").isCloseTo(seconds, within(5L));
        assertThat(redis.ttl("results:" + id)).as("results").isCloseTo(seconds, within(5L));
        assertThat(redis.score(registry + ":q", id.value())).as("score").isCloseTo(redis.now() + seconds, within(5.0));
        assertThat(redis.ttl(registry + ":q")).as("registry").isGreaterThan(seconds);
        assertThat(redis.keys()).doesNotContain("wip:q");
    }
}
