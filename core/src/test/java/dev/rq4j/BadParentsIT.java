package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Retention;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TimeMachine;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of jobs that wait for others which do not end well. */
@ExtendWith(RedisExtension.class)
class BadParentsIT {

    private RawRedis redis;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
    }

    /** How a job does not end well. */
    enum BadEnd {
        FAILED((kin, id) -> kin.fail(id)),
        STOPPED((kin, id) -> kin.stop(id)),
        CANCELED((kin, id) -> get(kin.job(id).cancel())),
        DELETED((kin, id) -> get(kin.job(id).delete())),
        EXPIRED((kin, id) -> Eventually.holds(() -> {
            kin.tellTheRest();
            assertThat(kin.exists(id)).isFalse();
        }));

        private final BiConsumer<Kin, String> way;

        BadEnd(BiConsumer<Kin, String> way) {
            this.way = way;
        }

        boolean isForGood() {
            return this == DELETED || this == EXPIRED;
        }

        void come(Kin kin, String id) {
            way.accept(kin, id);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsGoesOnWaitingUnlessItIsForGood(BadEnd end) {
        parent(end);
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));

        end.come(kin, "parent");
        kin.tellTheRest();
        kin.tend();

        assertThat(kin.status("child")).isEqualTo(end.isForGood() ? JobStatus.CANCELED : JobStatus.DEFERRED);
    }

    @ParameterizedTest
    @EnumSource
    void whoGivesUpIsCanceledAndSoAreThoseBelow(BadEnd end) {
        parent(end);
        kin.enqueue("child", job -> job.dependsOn(Dependency.on(ids("parent")).cancelOnFailure()));
        kin.enqueue(
                "grandchild", job -> job.dependsOn(Dependency.on(ids("child")).cancelOnFailure()));
        kin.enqueue("patient", job -> job.dependsOn(ids("child")));
        kin.enqueue("careless", job -> job.dependsOn(Dependency.on(ids("child")).allowFailure()));

        end.come(kin, "parent");

        assertThat(kin.status("child")).isEqualTo(JobStatus.CANCELED);
        assertThat(kin.status("grandchild")).isEqualTo(JobStatus.CANCELED);
        assertThat(kin.status("patient")).isEqualTo(end.isForGood() ? JobStatus.CANCELED : JobStatus.DEFERRED);
        assertThat(kin.queued()).containsExactly("careless");
        assertThat(redis.score("canceled:q", "grandchild")).isNotNull();
        assertThatExceptionOfType(JobException.JobCanceled.class)
                .isThrownBy(() -> get(kin.job("grandchild").result()));
    }

    @ParameterizedTest
    @EnumSource
    void whoDoesNotCareRuns(BadEnd end) {
        parent(end);
        kin.enqueueTo("other", "second", job -> {});
        kin.enqueue(
                "child",
                job -> job.dependsOn(Dependency.on(ids("parent", "second")).allowFailure()));

        end.come(kin, "parent");
        assertThat(kin.status("child")).isEqualTo(JobStatus.DEFERRED);
        get(kin.job("second").cancel());

        assertThat(kin.queued()).containsExactly("child");
        kin.finish("child");
        assertThat(kin.traces("job:parent", "job:second", "job:child", "results:"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"WAIT, DEFERRED", "CANCEL, CANCELED", "RUN, QUEUED"})
    void aParentThatHasFailedAlreadyDecidesAtOnce(Dependency.OnParentFailure fate, JobStatus expected) {
        kin.enqueue("parent");
        kin.fail("parent");

        kin.enqueue("child", job -> job.dependsOn(new Dependency(List.of(JobId.of("parent")), fate, false)));

        assertThat(kin.status("child")).isEqualTo(expected);
        assertThat(kin.queued()).hasSize(expected == JobStatus.QUEUED ? 1 : 0);
    }

    @Test
    void whoWaitsRunsAfterTheFailedJobWasQueuedAgainAndHasFinished() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));
        kin.fail("parent");
        kin.enqueue("late", job -> job.dependsOn(ids("parent")));

        kin.job("parent").requeue().block();
        kin.fail("parent");
        kin.job("parent").requeue().block();
        kin.finish("parent");

        assertThat(kin.queued()).containsExactlyInAnyOrder("child", "late");
        assertThat(redis.job(JobId.of("child"))).containsEntry("status", "queued");
    }

    @Test
    void whoWaitsIsCanceledWhenTheFailedJobIsNoLongerKept() {
        kin.enqueue("parent", job -> job.failureTtl(Duration.ofSeconds(1)));
        kin.enqueue("other");
        kin.enqueue("child", job -> job.dependsOn(ids("parent", "other")));
        kin.enqueue("grandchild", job -> job.dependsOn(ids("child")));
        kin.fail("parent");
        assertThat(kin.status("child")).isEqualTo(JobStatus.DEFERRED);

        Eventually.holds(() -> {
            kin.tellTheRest();
            assertThat(kin.status("child")).isEqualTo(JobStatus.CANCELED);
        });

        assertThat(kin.status("grandchild")).isEqualTo(JobStatus.CANCELED);
        kin.finish("other");
        assertThat(kin.queued()).isEmpty();
        assertThat(kin.traces("job:other", "job:child", "job:grandchild", "results:"))
                .isEmpty();
    }

    @Test
    void anotherParentThatFinishesLaterDoesNotBringItBack() {
        kin.enqueue("parent", job -> job.failureTtl(Duration.ofSeconds(1)));
        kin.enqueue("other");
        kin.enqueue("child", job -> job.dependsOn(ids("parent", "other")));
        kin.fail("parent");
        Eventually.holds(() -> assertThat(kin.exists("parent")).isFalse());

        kin.finish("other");

        assertThat(kin.status("child")).isEqualTo(JobStatus.CANCELED);
        assertThat(kin.queued()).isEmpty();
    }

    @Test
    void whoWaitsForAJobThatKeepsNothingIsCanceledAtOnce() {
        kin.enqueue("parent", job -> job.failureTtl(Retention.none()));
        kin.enqueue("child", job -> job.dependsOn(ids("parent")).failureTtl(Retention.none()));
        kin.enqueue("grandchild", job -> job.dependsOn(ids("child")).failureTtl(Retention.none()));

        kin.fail("parent");

        assertThat(kin.traces()).isEmpty();
    }

    @Test
    void whoWaitsForAFailedJobWaitsNoLongerThanThatIsKept() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));
        kin.fail("parent");

        get(kin.job("parent").retain(Duration.ofSeconds(1)));

        Eventually.holds(() -> {
            kin.tellTheRest();
            assertThat(kin.status("child")).isEqualTo(JobStatus.CANCELED);
        });
    }

    @Test
    void whoWaitsForAnExpiredJobIsToldThoughNobodyWasThereWhenItWent() {
        kin.enqueue("parent", job -> job.ttl(Duration.ofSeconds(60)));
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));

        // by then Redis has removed the job by itself
        TimeMachine.forward(redis, Duration.ofMinutes(3));
        assertThat(kin.exists("parent")).isFalse();
        kin.tellTheRest();

        assertThat(kin.status("child")).isEqualTo(JobStatus.CANCELED);
        assertThat(kin.dependents("parent")).isEmpty();
    }

    @Test
    void aJobThatIsCanceledWaitsForNobodyAnyMore() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));

        get(kin.job("child").cancel());

        assertThat(kin.traces("job:parent", "job:child")).isEmpty();
        assertThat(kin.dependents("parent")).isEmpty();
        kin.finish("parent");
        assertThat(kin.queued()).isEmpty();
    }

    @Test
    void aJobThatWaitsForOthersMayExpire() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("parent")).ttl(Duration.ofSeconds(1)));

        Eventually.holds(() -> {
            kin.tellTheRest();
            assertThat(kin.exists("child")).isFalse();
        });

        assertThat(kin.traces("job:parent")).isEmpty();
        assertThat(kin.dependents("parent")).isEmpty();
    }

    @Test
    void manyBelowAFailedJobAreAllCalledOff() {
        kin.enqueue("c0");
        for (int i = 1; i <= 1200; i++) {
            String above = "c" + (i % 3 == 0 ? i - 3 : 0);
            kin.enqueue(
                    "c" + i,
                    job -> job.dependsOn(Dependency.on(ids(above)).cancelOnFailure())
                            .failureTtl(Duration.ofHours(1)));
        }

        kin.fail("c0");
        kin.tellTheRest();

        assertThat(redis.commands().zcard(redis.key("canceled:q"))).isEqualTo(1200);
        assertThat(kin.traces("job:c", "results:c0")).isEmpty();
        assertThat(redis.keys()).filteredOn(key -> key.endsWith(":dependents")).isEmpty();
    }

    private void parent(BadEnd end) {
        kin.enqueue("parent", job -> {
            if (end == BadEnd.EXPIRED) {
                job.ttl(Duration.ofSeconds(1));
            }
        });
    }
}
