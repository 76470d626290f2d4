package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** What fails is tried again as one side asked and by the other, and what has failed for good is queued again by both. */
@ExtendWith(BenchExtension.class)
class RetriedIT {

    private static final Task<String, String> FAIL = Task.of("work.fail", String.class, String.class);
    private static final Task<Integer, String> SUCCEED_AFTER =
            Task.of("work.succeed_after", Integer.class, String.class);

    /** How long after the attempt the next one is to be, roughly, and how many are left; and makes it due. */
    private static final String NEXT = """
            job = fetch(args[0])
            waits = scheduled.get_scheduled_time(job) - job.started_at.replace(tzinfo=timezone.utc)
            print(f"{round(waits.total_seconds(), -1):.0f}, {job.retries_left} left")
            redis.zadd(scheduled.key, {job.id: 1})
            """;

    private static final String HISTORY = """
            print(*(result.type.name for result in fetch(args[0]).results()))
            """;

    @Test
    void javaRetriesAsPythonAsked(Bench bench) {
        JobHandle<String> job = ofPython(bench, "'work.fail', 'no', retry=Retry(max=3, interval=[60, 600, 0])");
        assertThat(bench.tally()).isEqualTo("queued 1");

        assertThat(failOnce(bench)).isEqualTo("scheduled 1");
        assertThat(bench.python(NEXT, job.id())).isEqualTo("60, 2 left");
        assertThat(failOnce(bench)).isEqualTo("scheduled 1");
        assertThat(bench.python(NEXT, job.id())).isEqualTo("600, 1 left");
        assertThat(failOnce(bench)).isEqualTo("failed 1");

        assertHasFailed(bench, job, "java.lang.IllegalStateException: no");
        assertThat(bench.python(HISTORY, job.id())).isEqualTo("FAILED FAILED FAILED FAILED");
    }

    @Test
    void pythonRetriesAsJavaAsked(Bench bench) {
        RetryPolicy retry =
                RetryPolicy.times(3).intervals(Duration.ofSeconds(60), Duration.ofSeconds(600), Duration.ZERO);
        JobHandle<String> job = Bench.await(bench.queue().enqueue(FAIL, "no", options -> options.retry(retry)));
        assertThat(bench.tally()).isEqualTo("queued 1");

        bench.drainWithPython();
        assertThat(bench.tally()).isEqualTo("scheduled 1");
        assertThat(bench.python(NEXT, job.id())).isEqualTo("60, 2 left");
        bench.drainWithPython();
        assertThat(bench.tally()).isEqualTo("scheduled 1");
        assertThat(bench.python(NEXT, job.id())).isEqualTo("600, 1 left");
        bench.drainWithPython();

        assertHasFailed(bench, job, "ValueError: no");
    }

    @Test
    void theLastIntervalRepeatsOnBothSides(Bench bench) {
        RetryPolicy retry = RetryPolicy.times(4).intervals(Duration.ofSeconds(60), Duration.ofSeconds(600));
        JobHandle<String> inJava = Bench.await(bench.queue().enqueue(FAIL, "no", options -> options.retry(retry)));
        for (String interval : List.of("60, 3 left", "600, 2 left", "600, 1 left", "600, 0 left")) {
            failOnce(bench);
            assertThat(bench.python(NEXT, inJava.id())).isEqualTo(interval);
        }
        failOnce(bench);
        assertHasFailed(bench, inJava, "java.lang.IllegalStateException: no");

        JobHandle<String> inPython = Bench.await(bench.queue().enqueue(FAIL, "no", options -> options.retry(retry)));
        for (String interval : List.of("60, 3 left", "600, 2 left", "600, 1 left", "600, 0 left")) {
            bench.drainWithPython();
            assertThat(bench.python(NEXT, inPython.id())).isEqualTo(interval);
        }
    }

    @Test
    void bothSidesTakeTurns(Bench bench) {
        JobHandle<String> job = ofPython(bench, "'work.fail', 'no', retry=Retry(max=3, interval=60)");
        failOnce(bench);
        assertThat(bench.python(NEXT, job.id())).isEqualTo("60, 2 left");
        bench.drainWithPython();
        assertThat(bench.tally()).isEqualTo("scheduled 1");
        assertThat(bench.python(NEXT, job.id())).isEqualTo("60, 1 left");
        failOnce(bench);
        assertThat(bench.python(NEXT, job.id())).isEqualTo("60, 0 left");
        bench.drainWithPython();
        assertHasFailed(bench, job, "ValueError: no");
        assertThat(bench.python(HISTORY, job.id())).isEqualTo("FAILED FAILED FAILED");
    }

    @Test
    void anAttemptThatSucceedsEndsIt(Bench bench) {
        RetryPolicy retry = RetryPolicy.times(3);
        JobHandle<String> inPython = Bench.await(bench.queue().enqueue(SUCCEED_AFTER, 2, job -> job.retry(retry)));
        bench.drainWithPython();
        assertThat(Bench.await(inPython.result())).isEqualTo("attempt 3");
        assertThat(bench.tally()).isEqualTo("finished 1");
        assertThat(bench.python("print(fetch(args[0]).retries_left)", inPython.id()))
                .isEqualTo("1");

        JobHandle<String> inJava = ofPython(bench, "'work.succeed_after', 2, retry=Retry(max=3)");
        AtomicInteger attempts = new AtomicInteger();
        Bench.await(bench.worker(worker -> worker.handle(
                        SUCCEED_AFTER,
                        failures -> attempts.incrementAndGet() > failures
                                ? Mono.just("attempt " + attempts)
                                : Mono.error(new IllegalStateException("not yet"))))
                .drain());
        assertThat(Bench.await(inJava.result())).isEqualTo("attempt 3");
        assertThat(bench.tally()).isEqualTo("finished 2");
        assertThat(bench.python("print(fetch(args[0]).retries_left, fetch(args[0]).return_value())", inJava.id()))
                .isEqualTo("1 attempt 3");
    }

    @Test
    void pythonQueuesAgainWhatFailedInJava(Bench bench) {
        JobHandle<String> job = ofPython(bench, "'work.fail', 'no', failure_ttl=3600, meta={'a': 1}");
        assertThat(failOnce(bench)).isEqualTo("failed 1");
        bench.python("failed.requeue(args[0])", job.id());
        assertThat(bench.tally()).isEqualTo("queued 1");
        assertThat(failOnce(bench)).isEqualTo("failed 1");
        bench.rq(
                "requeue",
                "-S",
                "rq.serializers.JSONSerializer",
                "--queue",
                "q",
                job.id().value());
        assertThat(bench.tally()).isEqualTo("queued 1");
        assertThat(Bench.await(job.status())).isEqualTo(JobStatus.QUEUED);

        assertThat(Bench.await(
                        bench.worker(worker -> worker.handle(FAIL, Mono::just)).drain()))
                .isEqualTo(1);
        assertThat(Bench.await(job.result())).isEqualTo("no");
        assertThat(bench.tally()).isEqualTo("finished 1");
        assertThat(bench.python(
                        "job = fetch(args[0]); print(job.return_value(), job.meta, 490 < redis.ttl(job.key) <= 500)",
                        job.id()))
                .isEqualTo("no {'a': 1} True");
        assertThat(bench.python(HISTORY, job.id())).isEqualTo("SUCCESSFUL FAILED FAILED");
    }

    @Test
    void javaQueuesAgainWhatFailedInPython(Bench bench) {
        JobHandle<String> job = ofPython(bench, "'work.fail', 'no', failure_ttl=3600");
        bench.drainWithPython();
        assertThat(bench.tally()).isEqualTo("failed 1");
        Bench.await(job.requeue());
        assertThat(bench.tally()).isEqualTo("queued 1");
        assertThat(bench.python("job = fetch(args[0]); print(status(job), job.ended_at, redis.ttl(job.key))", job.id()))
                .isEqualTo("queued None -1");

        assertThat(Bench.await(
                        bench.worker(worker -> worker.handle(FAIL, Mono::just)).drain()))
                .isEqualTo(1);
        assertThat(Bench.await(job.result())).isEqualTo("no");
        assertThat(bench.tally()).isEqualTo("finished 1");
        assertThat(bench.python(HISTORY, job.id())).isEqualTo("SUCCESSFUL FAILED");
    }

    @Test
    void pythonRunsWhatJavaQueuedAgain(Bench bench) {
        RetryPolicy retry = RetryPolicy.times(1);
        JobHandle<String> job = Bench.await(bench.queue().enqueue(SUCCEED_AFTER, 0, options -> options.retry(retry)));
        Bench.await(bench.worker(worker -> worker.handle(FAIL, Mono::just)).drain());
        assertThat(bench.tally()).isEqualTo("failed 1");
        Bench.await(job.requeue(true));
        assertThat(bench.tally()).isEqualTo("queued 1");
        bench.drainWithPython();
        assertThat(Bench.await(job.result())).isEqualTo("attempt 1");
        assertThat(bench.tally()).isEqualTo("finished 1");
    }

    private static JobHandle<String> ofPython(Bench bench, String call) {
        return bench.client().job(JobId.of(bench.python("print(queue.enqueue(" + call + ").id)")), FAIL);
    }

    /** Runs what is due in Java, where it fails. */
    private static String failOnce(Bench bench) {
        Bench.await(bench.worker(
                        worker -> worker.handle(FAIL, message -> Mono.error(new IllegalStateException(message))))
                .drain());
        return bench.tally();
    }

    private static void assertHasFailed(Bench bench, JobHandle<?> job, String reason) {
        assertThat(bench.tally()).isEqualTo("failed 1");
        assertThat(bench.python("""
                        job = fetch(args[0])
                        print(status(job), job.is_failed, args[0] in failed, job.retries_left, args[1] in job.exc_info)
                        """, job.id(), reason)).isEqualTo("failed True True 0 True");
        assertThat(Bench.await(job.status())).isEqualTo(JobStatus.FAILED);
        assertThatThrownBy(() -> Bench.await(job.result()))
                .isInstanceOfSatisfying(
                        JobException.JobFailed.class,
                        failure -> assertThat(failure.trace()).contains(reason));
    }
}
