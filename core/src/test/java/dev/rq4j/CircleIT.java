package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs that would wait for each other, which can only be asked for by who replaces a job. */
@ExtendWith(RedisExtension.class)
class CircleIT {

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
    }

    @Test
    void aJobThatReplacesAnotherCannotWaitForThoseThatWaitForIt() {
        kin.enqueue("a");
        kin.enqueue("b", job -> job.dependsOn(ids("a")));
        kin.enqueue("c", job -> job.dependsOn(ids("b")));

        refused("a", () -> kin.enqueue("a", job -> job.dependsOn(ids("c")).ifExists(IfExists.REPLACE)));

        kin.finish("a");
        kin.finish("b");
        kin.finish("c");
    }

    @Test
    void norForAGroupWithThoseThatWaitForIt() {
        kin.enqueue("a");
        kin.enqueue("other", job -> job.group("g"));
        kin.enqueue("b", job -> job.dependsOn(ids("a")));
        kin.enqueue("c", job -> job.dependsOn(ids("b")).group("g"));

        refused("a", () -> afterGroup("a", job -> {}));

        assertThat(kin.status("a")).isEqualTo(JobStatus.QUEUED);
        assertThat(kin.dependents("c")).isEmpty();
        kin.finish("a");
        kin.finish("other");
        kin.finish("b");
        kin.finish("c");
    }

    @Test
    void itMayWaitForAGroupWithItselfAndWithItsCallbacksWhichItReplacesToo() {
        kin.enqueue("member", job -> job.group("g"));
        Consumer<JobOptions.Builder> withCallbacks = job -> job.group("g")
                .onSuccess(ECHO.request(
                        "", own -> own.group("g").onFailure(ECHO.request("", theirs -> theirs.group("g")))));
        afterGroup("a", withCallbacks);

        afterGroup("a", withCallbacks);

        assertThat(kin.dependencies("a")).containsExactly("member");
        assertThat(kin.dependents("a")).hasSize(1);
        kin.finish("member");
        kin.finish("a");
    }

    @Test
    void theOneThatReplacesMayComeWithTheOneThatClosesTheCircle() {
        kin.enqueue("c");
        kin.enqueue("b", job -> job.dependsOn(ids("c")));

        refused(
                "c",
                () -> get(jobs.queue("q")
                        .chain(ECHO.request("", job -> job.id("new").dependsOn(ids("b"))))
                        .then(ECHO, job -> job.id("c").ifExists(IfExists.REPLACE))
                        .enqueue()));

        assertThat(kin.exists("new")).isFalse();
        kin.finish("c");
        kin.finish("b");
    }

    @Test
    void whatCannotBeSeenThroughInOneStepIsRefused() {
        kin.enqueue("a");
        kin.enqueue("child", job -> job.dependsOn(ids("a")));
        kin.enqueue("b");
        String[] far = IntStream.rangeClosed(0, 10_000).mapToObj(i -> "far" + i).toArray(String[]::new);
        redis.commands().sadd(redis.key("job::b:dependencies"), far);

        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(
                        () -> kin.enqueue("a", job -> job.dependsOn(ids("b")).ifExists(IfExists.REPLACE)))
                .withMessage("job a depends on jobs that wait for too many others to tell whether they wait for it");
        assertThat(kin.queued()).containsExactly("a", "b");
    }

    private void afterGroup(String id, Consumer<JobOptions.Builder> options) {
        get(jobs.group("g").whenComplete("q", ECHO.request("", job -> {
            job.id(id).ifExists(IfExists.REPLACE);
            options.accept(job);
        })));
    }

    private static void refused(String id, ThrowingCallable request) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(request)
                .withMessage("job " + JobId.of(id) + " depends on a job that waits for it");
    }
}
