package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Missed;
import dev.rq4j.job.Overlap;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a run while the last job has not ended. */
class CronOverlapIT extends CronScene {

    @Test
    void jobsOverlapUnlessToldOtherwise() {
        put(to -> {});
        makeDue(5);
        make();
        makeDue(5);
        make();

        assertThat(redis.queue("q")).hasSize(2);
    }

    @Test
    void aRunIsLeftOutWhileTheLastJobWaitsOrRuns() {
        put(to -> to.overlap(Overlap.SKIP).missed(Missed.all(5)));
        makeDue(3 * STEP);
        make();
        JobId waiting = onlyJob();
        makeDue(2 * STEP);
        make();
        ClaimedJob running = worker.claimOne("q");
        makeDue(5);
        make();

        assertThat(redis.queue("q")).isEmpty();
        CronStatus.Runs held = get(cron.get("e")).runs();
        assertThat(held.skipped()).isEqualTo(2);
        assertThat(held.made()).isEqualTo(1);
        assertThat(held.lastJob()).isEqualTo(waiting);
        assertThat(held.next()).isAfter(held.last());

        worker.finish(running, "done");
        makeDue(5);
        make();

        assertThat(onlyJob()).isNotEqualTo(waiting);
    }

    enum End {
        FAILED,
        STOPPED,
        CANCELED,
        DELETED
    }

    @ParameterizedTest
    @EnumSource
    void aJobThatEndedInAnyWayHoldsUpNothing(End end) {
        put(to -> to.overlap(Overlap.SKIP));
        makeDue(5);
        make();
        JobHandle<String> job = worker.client().job(onlyJob(), String.class);
        switch (end) {
            case FAILED -> worker.fail(worker.claimOne("q"), "no");
            case STOPPED -> worker.stop(worker.claimOne("q"));
            case CANCELED -> get(job.cancel());
            default -> get(job.delete());
        }
        makeDue(5);
        make();

        assertThat(onlyJob()).isNotEqualTo(job.id());
    }

    @Test
    void aRunWhoseJobsShareAUniqueKeyIsLeftOutWhileAnotherJobHasIt() {
        put(ECHO.request("hello", job -> job.unique(Unique.untilEnded("one"))), to -> {});
        makeDue(5);
        make();
        makeDue(5);
        make();

        JobId first = onlyJob();
        assertThat(get(cron.get("e")).runs().skipped()).isEqualTo(1);
        assertThat(get(cron.get("e")).runs().made()).isEqualTo(1);
        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> get(cron.fire("e")))
                .satisfies(taken -> assertThat(taken.job()).isEqualTo(first));
    }
}
