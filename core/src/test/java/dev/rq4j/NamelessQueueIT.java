package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Finding;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jobs of which somebody has taken away the name of their queue: each goes where its place says that it belongs, or fails and
 * says why. None is put into a queue without a name, where nobody looks.
 */
@ExtendWith(RedisExtension.class)
class NamelessQueueIT {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final String LONG_AGO = "2020-01-01T00:00:00.000000Z";

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
        this.worker = new PretendWorker(jobs);
    }

    @AfterEach
    void nothingIsInAQueueWithoutAName() {
        assertThat(redis.keys()).noneMatch(key -> key.endsWith(":"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailedJobIsQueuedAgainWhereItFailed(boolean all) {
        kin.enqueue("job");
        kin.fail("job");
        strip("job");

        if (all) {
            assertThat(get(jobs.queue("q").requeueFailed())).isEqualTo(1);
        } else {
            kin.job("job").requeue().block(Eventually.DEADLINE);
        }

        assertThat(kin.queued()).containsExactly("job");
        assertThat(redis.hash("job:job")).containsEntry("origin", "q");
    }

    @Test
    void aFailedJobThatNoRegistryHasIsRefusedAndLeftAsItIs() {
        kin.enqueue("job");
        kin.fail("job");
        strip("job");
        redis.commands().del(redis.key("failed:q"));
        Map<String, String> before = redis.hash("job:job");

        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> kin.job("job").requeue().block(Eventually.DEADLINE))
                .withMessage(
                        "the field origin of job job must name its queue, but says nothing, and no registry has it");

        assertThat(redis.hash("job:job")).isEqualTo(before);
    }

    @Test
    void aScheduledJobGoesToTheQueueThatHasItScheduled() {
        kin.enqueue("now", job -> job.delay(HOUR));
        kin.enqueue("later", job -> job.delay(HOUR));
        kin.enqueue("moved", job -> job.delay(HOUR));
        strip("now", "later", "moved");

        kin.job("now").reschedule(Duration.ZERO).block(Eventually.DEADLINE);
        kin.job("later").reschedule(HOUR.multipliedBy(2)).block(Eventually.DEADLINE);
        kin.job("moved").moveTo("other").block(Eventually.DEADLINE);

        assertThat(kin.queued()).containsExactly("now");
        assertThat(redis.score("scheduled:q", "later")).isGreaterThan(redis.now() + 7000);
        assertThat(redis.score("scheduled:other", "moved")).isNotNull();
        assertThat(redis.score("scheduled:q", "moved")).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeferredJobGoesToTheQueueThatHasItDeferred(boolean silently) {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(JobId.of("parent")));
        strip("child");

        if (silently) {
            redis.commands().lrem(redis.key("queue:q"), 0, "parent");
            redis.commands().del(redis.key("job:parent"));
            kin.tend();
        } else {
            kin.finish("parent");
        }

        assertThat(kin.queued()).containsExactly("child");
        assertThat(redis.keys()).doesNotContain("deferred:q");
    }

    @Test
    void aDeferredJobThatNoRegistryHasFailsAndSaysWhy() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(JobId.of("parent")));
        strip("child");
        redis.commands().del(redis.key("deferred:q"));

        kin.finish("parent");

        failedForNoQueue("child");
    }

    @Test
    void aJobThatALimitHeldBackFailsAndTakesNoRoom() {
        RateLimit limit = RateLimit.concurrency("k", 1);
        List.of("first", "stray", "third").forEach(id -> kin.enqueue(id, job -> job.limit(limit)));
        strip("stray");

        kin.finish("first");

        failedForNoQueue("stray");
        assertThat(kin.queued()).containsExactly("third");
    }

    @Test
    void aJobThatARateHeldBackFailsAndTakesNoTurn() {
        RateLimit rate = RateLimit.rate("k", 1, HOUR);
        List.of("first", "stray", "third").forEach(id -> kin.enqueue(id, job -> job.limit(rate)));
        kin.finish("first");
        assertThat(worker.claim(1, "q")).isEmpty();
        assertThat(worker.claim(1, "q")).isEmpty();
        strip("stray");

        for (int i = 0; i < 2; i++) {
            jobs.engine().times().advance(HOUR).block(Eventually.DEADLINE);
            jobs.engine().times().pace().block(Eventually.DEADLINE);
        }

        failedForNoQueue("stray");
        assertThat(kin.queued()).containsExactly("third");
    }

    private enum End {
        RETRIED,
        RELEASED,
        RECOVERED,
        RECOVERED_TOO_OFTEN
    }

    @ParameterizedTest
    @EnumSource
    void aJobThatRunsComesBackToTheQueueThatItWasTakenFrom(End end) {
        kin.enqueue("job", NamelessQueueIT::isTriedAgain);
        boolean dies = end == End.RECOVERED || end == End.RECOVERED_TOO_OFTEN;
        ClaimedJob claim = dies ? worker.claimAndDie(1, "q").get(0) : worker.claimOne("q");
        strip("job");

        switch (end) {
            case RETRIED -> assertThat(worker.fail(claim, "broken")).isEqualTo(Settled.AGAIN);
            case RELEASED -> worker.release(List.of(claim), true);
            case RECOVERED -> worker.leases().recover("q", 1).blockLast(Eventually.DEADLINE);
            default -> worker.leases().recover("q", 0).blockLast(Eventually.DEADLINE);
        }

        assertThat(kin.queued()).containsExactly("job");
        assertThat(redis.hash("job:job")).containsEntry("origin", "q").containsEntry("status", "queued");
    }

    @Test
    void anAuditFindsTheirQueuesAndRepairsThem() {
        kin.enqueue("listed");
        kin.enqueue("scheduled", job -> job.delay(HOUR));
        kin.enqueue("parent", job -> job.delay(HOUR));
        kin.enqueue("deferred", job -> job.dependsOn(JobId.of("parent")));
        kin.enqueueTo("runs", "started", job -> {});
        ClaimedJob running = worker.claimOne("runs");
        kin.enqueueTo("fails", "failed", job -> {});
        worker.fail(worker.claimOne("fails"), "broken");
        kin.enqueueTo("lost", "lost", job -> {});
        redis.commands().del(redis.key("queue:lost"));
        String[] all = {"listed", "scheduled", "deferred", "started", "failed", "lost"};
        strip(all);
        Map<String, String> ages = Map.of("created_at", LONG_AGO, "enqueued_at", LONG_AGO, "started_at", LONG_AGO);
        for (String id : all) {
            redis.commands().hset(redis.key("job:" + id), ages);
            redis.commands().hdel(redis.key("job:" + id), "ended_at");
        }

        List<Finding> findings = jobs.audit().collectList().block(Eventually.DEADLINE);
        assertThat(findings).extracting(Finding::subject).contains(all);
        for (int i = 0; i < 2; i++) {
            jobs.audit().filterWhen(jobs::repair).blockLast(Eventually.DEADLINE);
        }

        assertThat(jobs.audit().collectList().block(Eventually.DEADLINE)).isEmpty();
        failedForNoQueue("lost");
        for (String id : List.of("listed", "scheduled", "deferred")) {
            assertThat(redis.hash("job:" + id)).containsEntry("origin", "q");
        }
        assertThat(redis.hash("job:started")).containsEntry("origin", "runs").containsEntry("status", "started");
        assertThat(redis.hash("job:failed")).containsEntry("origin", "fails");
        assertThat(worker.finish(running, "done")).isEqualTo(Settled.DONE);
        assertThat(redis.commands().zcard(redis.key("failed:fails"))).isEqualTo(1);
    }

    private static void isTriedAgain(JobOptions.Builder job) {
        job.retry(RetryPolicy.times(1));
    }

    private void failedForNoQueue(String id) {
        assertThat(kin.status(id)).isEqualTo(JobStatus.FAILED);
        assertThatExceptionOfType(JobException.JobFailed.class)
                .isThrownBy(() -> kin.job(id).result().block(Eventually.DEADLINE))
                .withMessageContaining("NoQueue: the field origin of a job must name its queue");
        assertThat(redis.ttl("job:" + id)).isPositive();
    }

    private void strip(String... ids) {
        for (String id : ids) {
            redis.commands().hset(redis.key("job:" + id), "origin", "");
        }
    }
}
