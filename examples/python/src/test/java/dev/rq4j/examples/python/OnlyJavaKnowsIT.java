package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.redis.ClaimRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** What is asked for in Java and unknown to Python comes about also when a Python worker runs the job. */
@ExtendWith(BenchExtension.class)
class OnlyJavaKnowsIT {

    @ParameterizedTest
    @EnumSource(Side.class)
    void callbacksRunInJavaForTheEndThatTheyAreFor(Side runner, Bench bench) {
        enqueue(bench, runner, Side.ECHO, job -> callbacks(job));
        assertThat(bench.tally("calls")).isEqualTo("deferred 2");
        runner.run(bench);
        lookNow(bench);
        assertThat(bench.tally("calls")).isEqualTo("queued 1");
        assertThat(bench.python("print(fetch(queue_of('calls').job_ids[0]).args)"))
                .isEqualTo("['well']");

        JobHandle<String> failing = enqueue(bench, runner, Side.FAIL, job -> callbacks(job));
        runner.run(bench);
        lookNow(bench);
        assertThat(bench.python("print(fetch(queue_of('calls').job_ids[1]).args)"))
                .isEqualTo("['badly']");
        assertThat(bench.tally("calls")).isEqualTo("queued 2, deferred 1");
        bench.python("fetch(args[0]).delete()", failing.id());
        lookNow(bench);
        assertThat(bench.tally("calls")).isEqualTo("queued 2");
    }

    @Test
    void aWorkerSoonFindsWhatPythonEnded(Bench bench) {
        bench.startWorker(worker -> worker.queues("calls", "java").handle(Side.ECHO, Mono::just));
        JobHandle<String> parent = enqueue(bench, Side.PYTHON, Side.FAIL, job -> callbacks(job));
        JobHandle<String> child = enqueue(
                bench,
                Side.JAVA,
                Side.ECHO,
                job -> job.dependsOn(Dependency.on(parent.id()).cancelOnFailure()));
        Side.PYTHON.run(bench);
        assertThatThrownBy(() -> Bench.await(child.result())).isInstanceOf(JobException.JobCanceled.class);
        bench.python("while not queue_of('calls').finished_job_registry.count: time.sleep(0.1)");
        assertThat(bench.tally("calls")).isEqualTo("finished 1, deferred 1");
        assertThat(bench.tally("java")).isEqualTo("canceled 1");
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aChildWaitsForItsTimeAndForRoomAsWell(Side runner, Bench bench) {
        RateLimit one = RateLimit.concurrency("db", 1);
        enqueue(bench, Side.JAVA, Side.ECHO, job -> job.limit(one));
        JobHandle<String> parent = enqueue(bench, runner, Side.ECHO, job -> {});
        JobHandle<String> delayed = enqueue(
                bench, Side.JAVA, Side.ECHO, job -> job.dependsOn(parent.id()).delay(Duration.ofHours(1)));
        JobHandle<String> limited = enqueue(
                bench, Side.JAVA, Side.ECHO, job -> job.dependsOn(parent.id()).limit(one));
        if (runner == Side.PYTHON) {
            runner.run(bench);
            lookNow(bench);
            assertThat(bench.tally("java")).isEqualTo("queued 1, scheduled 1");
            assertThat(Bench.await(limited.status())).isEqualTo(JobStatus.RATE_LIMITED);
        }
        Side.JAVA.run(bench);
        assertThat(Bench.await(limited.result())).isEqualTo("from java");
        assertThat(Bench.await(delayed.status())).isEqualTo(JobStatus.SCHEDULED);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whatAJobReturnsIsTheInputOfTheNext(Side runner, Bench bench) {
        JobHandle<String> parent = enqueue(bench, runner, Side.ECHO, job -> {});
        Bench.await(bench.client().queue("next").enqueue(Side.ECHO.requestFromResultOf(parent.id())));
        assertThat(bench.tally("next")).isEqualTo("deferred 1");
        runner.run(bench);
        assertThat(bench.tally("next")).isEqualTo("queued 1");
        ClaimRequest request =
                new ClaimRequest("w", "w", "0123456789abcdef", 1, Duration.ofMinutes(1), List.of("next"));
        assertThat(Bench.await(bench.client().engine().leases().claim(request)).jobs())
                .singleElement()
                .satisfies(claim -> assertThat(claim.input()).asString().isEqualTo("\"from java\""));
        assertThat(bench.tally("next")).isEqualTo("started 1");
    }

    @Test
    void theRoomOfAJobThatPythonRanIsGivenToTheNext(Bench bench) {
        RateLimit one = RateLimit.concurrency("db", 1);
        enqueue(bench, Side.PYTHON, Side.ECHO, job -> job.limit(one));
        enqueue(bench, Side.PYTHON, Side.ECHO, job -> job.limit(one));
        enqueue(bench, Side.JAVA, Side.ECHO, job -> job.limit(one));
        assertThat(bench.tally("python")).isEqualTo("queued 1");
        Side.PYTHON.run(bench);
        Bench.await(bench.client().engine().times().vacate());
        // RQ 3 knows limits and runs the next one itself
        assertThat(bench.tally("python")).isIn("queued 1, finished 1", "finished 2");
        bench.python("queue_of('python').empty()");
        Bench.await(bench.client().engine().times().vacate());
        assertThat(bench.tally("java")).isEqualTo("queued 1");
        Side.JAVA.run(bench);
        assertThat(bench.python("print(redis.keys('rq:rl*'))")).isEqualTo("[]");
    }

    @Test
    void aJobThatPythonBeganInTimeIsRetriedAfterwards(Bench bench) {
        JobHandle<String> job = enqueue(
                bench,
                Side.PYTHON,
                Side.FAIL,
                options -> options.ttl(Duration.ofMinutes(1))
                        .retry(RetryPolicy.times(2).fixed(Duration.ofHours(1))));
        Side.PYTHON.run(bench);
        assertThat(bench.tally("python")).isEqualTo("scheduled 1");
        bench.python("redis.hset('rq:job:' + args[0], 'expires_at', '1')", job.id());
        lookNow(bench);
        assertThat(bench.tally("python")).isEqualTo("scheduled 1");
        bench.python("redis.zadd('rq:scheduled:python', {args[0]: 1})", job.id());
        Bench.await(bench.client().engine().times().promote("python"));
        assertThat(bench.tally("python")).isEqualTo("queued 1");
        Bench.await(bench.worker(worker -> worker.queues("python").handle(Side.FAIL, Mono::just))
                .drain());
        assertThat(Bench.await(job.result())).isEqualTo("from java");
        assertThat(bench.tally("python")).isEqualTo("finished 1");
    }

    @Test
    void aJobThatDidNotStartInTimeIsGoneForPythonToo(Bench bench) {
        JobHandle<String> queued = enqueue(bench, Side.PYTHON, Side.ECHO, job -> job.ttl(Duration.ofMinutes(1)));
        JobHandle<String> scheduled = enqueue(
                bench,
                Side.PYTHON,
                Side.ECHO,
                job -> job.delay(Duration.ofSeconds(59)).ttl(Duration.ofMinutes(1)));
        assertThat(bench.tally("python")).isEqualTo("queued 1, scheduled 1");
        bench.python("for id in args: redis.hset('rq:job:' + id, 'expires_at', '1')", queued.id(), scheduled.id());
        lookNow(bench);
        assertThat(bench.tally("python")).isEmpty();
        assertThatThrownBy(() -> Bench.await(queued.result())).isInstanceOf(JobException.NoSuchJob.class);
        assertThat(bench.python("print(redis.keys('rq:job*'))")).isEqualTo("[]");
    }

    private static JobOptions.Builder callbacks(JobOptions.Builder job) {
        return job.onSuccess("calls", Side.ECHO.request("well")).onFailure("calls", Side.ECHO.request("badly"));
    }

    private static JobHandle<String> enqueue(
            Bench bench, Side runner, Task<String, String> task, Consumer<JobOptions.Builder> change) {
        return Bench.await(bench.client().queue(runner.queue()).enqueue(task, "from java", change));
    }

    /** Has a worker look at once at what it would look at soon. */
    private static void lookNow(Bench bench) {
        bench.python("for id in redis.zrange('rq:deadlines', 0, -1): redis.zadd('rq:deadlines', {id: 1})");
        Bench.await(bench.client().engine().times().expire());
    }
}
