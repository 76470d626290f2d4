package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs that wait and are sent to another queue. */
@ExtendWith(RedisExtension.class)
class MoveIT {

    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
    }

    @Test
    void aQueuedJobGoesToTheBackOfTheOtherQueue() {
        kin.enqueue("a");
        kin.enqueueTo("other", "b", job -> {});

        kin.job("a").moveTo("other").block();

        assertThat(kin.queued()).isEmpty();
        assertThat(redis.queue("other")).containsExactly("b", "a");
        assertThat(redis.job(JobId.of("a"))).containsEntry("origin", "other");
        kin.job("a").moveTo("other").block();
        assertThat(redis.queue("other")).as("a second time").containsExactly("b", "a");
    }

    @Test
    void aQueuedJobGoesToTheFrontOfTheOtherQueueIfThatIsAskedFor() {
        kin.enqueue("a");
        kin.enqueueTo("other", "b", job -> {});

        kin.job("a").moveTo("other", true).block();

        assertThat(redis.queue("other")).containsExactly("a", "b");
    }

    @Test
    void aQueueThatNobodyUsedIsListed(JobClient jobs) {
        kin.enqueue("a");

        kin.job("a").moveTo("new").block();

        assertThat(jobs.queues().collectList().block()).containsExactly("new", "q");
    }

    @Test
    void aScheduledJobKeepsItsTime() {
        kin.enqueue("a", job -> job.delay(Duration.ofHours(1)));
        Double due = redis.score("scheduled:q", "a");

        kin.job("a").moveTo("other").block();

        assertThat(redis.score("scheduled:other", "a")).isEqualTo(due);
        assertThat(redis.ttl("scheduled:other")).isPositive();
        assertThat(redis.keys()).doesNotContain("scheduled:q");
        assertThat(kin.status("a")).isEqualTo(JobStatus.SCHEDULED);
    }

    @Test
    void aDeferredJobGoesOnWaiting() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));

        kin.job("child").moveTo("other").block();
        assertThat(redis.score("deferred:other", "child")).isNotNull();
        kin.finish("parent");

        assertThat(redis.queue("other")).containsExactly("child");
        assertThat(redis.keys()).doesNotContain("deferred:q", "deferred:other");
    }

    @Test
    void aJobThatALimitHoldsBackComesToTheOtherQueue() {
        kin.enqueue("a", job -> job.limit(RateLimit.concurrency("k", 1)));
        kin.enqueue("b", job -> job.limit(RateLimit.concurrency("k", 1)));

        kin.job("b").moveTo("other").block();
        assertThat(kin.status("b")).isEqualTo(JobStatus.RATE_LIMITED);
        kin.finish("a");

        assertThat(redis.queue("other")).containsExactly("b");
    }

    @Test
    void aJobThatDoesNotWaitIsLeftAlone() {
        kin.enqueue("a");
        kin.claim("a");

        assertThatExceptionOfType(JobException.WrongStatus.class)
                .isThrownBy(() -> kin.job("a").moveTo("other").block())
                .withMessage("to be moved, job a must be waiting, but is started");
        assertThatExceptionOfType(JobException.NoSuchJob.class)
                .isThrownBy(() -> kin.job("nobody").moveTo("other").block());

        assertThat(redis.keys()).doesNotContain("queue:other");
        assertThat(redis.job(JobId.of("a"))).containsEntry("origin", "q");
    }

    @Test
    void aJobThatAPythonWorkerHasInItsHandsIsLeftAlone() {
        kin.enqueue("a");
        redis.commands().lpop(redis.key("queue:q"));

        assertThatExceptionOfType(JobException.WrongStatus.class)
                .isThrownBy(() -> kin.job("a").moveTo("other").block());

        assertThat(redis.queue("other")).isEmpty();
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        kin.enqueue("a");

        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> kin.job("a").moveTo("a:b").block());
        assertThat(worker.claim(1, "q")).hasSize(1);
        assertThat(get(kin.job("a").status())).isEqualTo(JobStatus.STARTED);
    }
}
