package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long a job stays, changed after it was enqueued. */
@ExtendWith(RedisExtension.class)
class RetainIT {

    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private JobHandle<String> job;

    @BeforeEach
    void enqueue(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.job = worker.enqueue("q");
    }

    @Test
    void aFinishedJobCanBeKeptLongerAndShorter() {
        worker.finish(worker.claimOne("q"), "done");

        assertThat(get(job.retain(Duration.ofHours(3)))).isTrue();
        assertKept("finished", 10_800);
        assertThat(get(job.retain(TWO_MINUTES))).isTrue();
        assertKept("finished", 120);
        assertThat(get(job.result())).isEqualTo("done");
    }

    @Test
    void aFinishedJobCanBeKeptForEverAndGivenATimeAgain() {
        worker.finish(worker.claimOne("q"), "done");

        assertThat(get(job.persist())).isTrue();
        assertThat(redis.ttl("job:" + job.id())).isEqualTo(-1);
        assertThat(redis.ttl("results:" + job.id())).isEqualTo(-1);
        assertThat(redis.score("finished:q", job.id().value())).isInfinite();

        assertThat(get(job.retain(TWO_MINUTES))).isTrue();
        assertThat(redis.ttl("job:" + job.id())).isCloseTo(120, within(5L));
        assertThat(redis.ttl("results:" + job.id())).isCloseTo(120, within(5L));
        assertThat(redis.score("finished:q", job.id().value())).isCloseTo(redis.now() + 120, within(5.0));
    }

    @Test
    void aFailedJobCanBeKeptShorter() {
        worker.fail(worker.claimOne("q"), "broken");

        assertThat(get(job.retain(TWO_MINUTES))).isTrue();

        assertKept("failed", 120);
    }

    @Test
    void aCanceledJobCanBeKeptShorter() {
        get(job.cancel());

        assertThat(get(job.retain(TWO_MINUTES))).isTrue();

        assertThat(redis.ttl("job:" + job.id())).isCloseTo(120, within(5L));
        assertThat(redis.score("canceled:q", job.id().value())).isCloseTo(redis.now() + 120, within(5.0));
    }

    @Test
    void anEndedJobThatIsToBeKeptForNoTimeIsGoneAtOnce() {
        worker.finish(worker.claimOne("q"), "done");

        assertThat(get(job.retain(Duration.ZERO))).isTrue();

        assertThat(redis.keysOf(job.id())).isEmpty();
        assertThat(get(jobs.queue("q").finished().count())).isZero();
    }

    @Test
    void aWaitingJobIsKeptAsSaidOnceItHasEnded() {
        assertThat(get(job.retain(TWO_MINUTES))).isTrue();
        assertThat(redis.ttl("job:" + job.id())).isEqualTo(-1);

        worker.finish(worker.claimOne("q"), "done");

        assertKept("finished", 120);
    }

    @Test
    void aRunningJobIsKeptAsSaidOnceItHasEnded() {
        ClaimedJob claim = worker.claimOne("q");
        assertThat(get(job.persist())).isTrue();
        assertThat(redis.ttl("job:" + job.id())).isEqualTo(-1);

        worker.fail(claim, "broken");

        assertThat(redis.ttl("job:" + job.id())).isEqualTo(-1);
        assertThat(redis.ttl("results:" + job.id())).isEqualTo(-1);
        assertThat(redis.score("failed:q", job.id().value())).isInfinite();
    }

    @Test
    void aRunningJobThatIsToBeKeptForNoTimeLeavesNothing() {
        ClaimedJob claim = worker.claimOne("q");
        assertThat(get(job.retain(Duration.ZERO))).isTrue();

        worker.finish(claim, "done");

        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void aJobThatIsNotThereIsNotBroughtAbout() {
        JobHandle<String> missing = jobs.job(JobId.of("missing"), String.class);

        assertThat(get(missing.retain(TWO_MINUTES))).isFalse();
        assertThat(get(missing.persist())).isFalse();

        assertThat(redis.keysOf(missing.id())).isEmpty();
    }

    private void assertKept(String registry, long seconds) {
        assertThat(redis.ttl("job:" + job.id())).isCloseTo(seconds, within(5L));
        assertThat(redis.ttl("results:" + job.id())).isCloseTo(seconds, within(5L));
        assertThat(redis.score(registry + ":q", job.id().value())).isCloseTo(redis.now() + seconds, within(5.0));
        assertThat(redis.ttl(registry + ":q")).isGreaterThan(seconds);
    }
}
