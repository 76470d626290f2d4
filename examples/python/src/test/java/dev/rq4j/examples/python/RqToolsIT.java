package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Task;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.worker.Worker;
import dev.rq4j.worker.WorkerBuilder;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** RQ's own commands see Java workers and their jobs rightly, do them no harm, and are obeyed. */
@ExtendWith(BenchExtension.class)
class RqToolsIT {

    private static final Task<String, String> ECHO = Task.of("echo", String.class, String.class);

    private final String name = "java-" + UUID.randomUUID();
    private final Held held = new Held();

    @Test
    void infoShowsQueuesAndAnIdleWorker(Bench bench) {
        start(bench);
        Bench.await(bench.client().queue("other").enqueue(ECHO, "one"));
        Bench.await(bench.client().queue("other").enqueue(ECHO, "two"));
        // rq info lists the workers of the queues that somebody enqueued to
        bench.python("redis.sadd('rq:queues', queue.key)");

        assertThat(bench.rq("info", "--raw").lines())
                .anyMatch(line -> line.startsWith("queue other 2"))
                .anyMatch(line -> line.matches("worker " + name + " \\(.* \\d+\\) idle q.*"));
        assertThat(bench.rq("info"))
                .containsPattern("(?m)^other +\\|.* 2")
                .containsPattern("2 queues, 2 jobs total")
                .containsPattern("(?m)^" + name + " \\(.*\\): .*idle.* q")
                .contains("1 workers, 2 queues");
        assertThat(bench.rq("info", "--by-queue", "--raw", "--only-queues", "other"))
                .contains("queue other 2");
    }

    @Test
    void infoShowsABusyWorkerAndDisturbsNothing(Bench bench) {
        start(bench);
        String id = bench.python("print(queue.enqueue('hold', retry=Retry(max=3)).id)");
        held.awaitStart();

        assertThat(bench.rq("info", "--raw").lines())
                .anyMatch(line -> line.startsWith("queue q 0"))
                .anyMatch(line -> line.matches("worker " + name + " \\(.*\\) busy q.*"));
        assertThat(bench.rq("info")).containsPattern("(?m)^" + name + " \\(.*\\): .*busy.* q");
        assertThat(bench.python("print(shown(args[0]))", name)).isEqualTo("busy q " + id + " finished 0 failed 0");
        assertThat(bench.python("print(status(fetch(args[0])), counts())", id))
                .isEqualTo("started queued 0 started 1 finished 0 failed 0");

        // it looks after the registries before it looks for work
        bench.drainWithPython();
        assertThat(bench.python("print(status(fetch(args[0])), counts())", id))
                .isEqualTo("started queued 0 started 1 finished 0 failed 0");

        held.letGo("undisturbed");
        assertThat(bench.python("print(ended(args[0]).return_value(), counts())", id))
                .isEqualTo("undisturbed queued 0 started 0 finished 1 failed 0");
    }

    @Test
    void workersAreIdleAgainAndCountWhatTheyDid(Bench bench) {
        start(bench);
        Bench.await(Bench.await(bench.queue().enqueue(ECHO, "well")).result());
        JobHandle<String> unknown =
                Bench.await(bench.queue().enqueue(Task.of("unheard.of", Void.class, String.class), null));
        assertThatThrownBy(() -> Bench.await(unknown.result())).isInstanceOf(JobException.JobFailed.class);

        bench.python("""
                while shown(args[0]) != "idle q None finished 1 failed 1":
                    time.sleep(0.05)
                """, name);
    }

    @Test
    void infoLeavesExpiredLeasesToJava(Bench bench) {
        String id = bench.python("print(queue.enqueue('hold', retry=Retry(max=3), result_ttl=60).id)");
        claimAndDie(bench, Duration.ofMillis(300));

        String before = bench.python("print(status(fetch(args[0])), counts(), fetch(args[0]).retries_left)", id);
        bench.rq("info");
        assertThat(before).isEqualTo("started queued 0 started 1 finished 0 failed 0 3");
        assertThat(bench.python("print(status(fetch(args[0])), counts(), fetch(args[0]).retries_left)", id))
                .isEqualTo(before);

        start(bench);
        held.letGo("recovered");
        assertThat(bench.python("job = ended(args[0]); print(job.return_value(), counts(), job.retries_left)", id))
                .isEqualTo("recovered queued 0 started 0 finished 1 failed 0 3");
    }

    @Test
    void suspendAndResumeAreObeyed(Bench bench) {
        bench.rq("suspend");
        JobHandle<String> job = Bench.await(bench.queue().enqueue(ECHO, "later"));
        assertThat(Bench.await(bench.worker(this::handlers).drain())).isZero();
        start(bench);
        // longer than a worker that does not look would need
        assertThat(bench.rq("info", "--raw")).contains("queue q 1");
        assertThat(Bench.await(job.status())).isEqualTo(JobStatus.QUEUED);

        bench.rq("resume");
        assertThat(Bench.await(job.result())).isEqualTo("later");
    }

    @Test
    void aRunningWorkerStopsAtSuspend(Bench bench) {
        start(bench);
        assertThat(Bench.await(
                        Bench.await(bench.queue().enqueue(ECHO, "before")).result()))
                .isEqualTo("before");
        bench.rq("suspend");
        JobHandle<String> job = Bench.await(bench.queue().enqueue(ECHO, "after"));
        assertThat(bench.rq("info", "--raw")).contains("queue q 1");

        bench.rq("resume");
        assertThat(Bench.await(job.result())).isEqualTo("after");
    }

    @Test
    void stopJobIsObeyed(Bench bench) {
        start(bench);
        JobHandle<String> job = Bench.await(bench.queue().enqueue(Held.HOLD, null));
        held.awaitStart();
        String seen = bench.python("""
                send_stop_job_command(redis, args[0])
                job = ended(args[0])
                print(status(job), counts(), job.id in failed, job.latest_result().exc_string)
                """, job.id());

        held.awaitCancellation();
        assertThat(seen).isEqualTo("stopped queued 0 started 0 finished 0 failed 1 True Job stopped by request.");
        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobStopped.class);
        assertThat(Bench.await(Bench.await(bench.queue().enqueue(ECHO, "alive")).result()))
                .isEqualTo("alive");
    }

    @Test
    void shutdownIsObeyedAfterTheRunningJobs(Bench bench) {
        Worker worker = bench.worker(builder -> handlers(builder).concurrency(2));
        var ended = worker.run().toFuture();
        JobHandle<String> stopped = Bench.await(bench.queue().enqueue(Held.HOLD, null));
        held.awaitStart();
        JobHandle<String> job = Bench.await(bench.queue().enqueue(Held.HOLD, null));
        bench.python("""
                while status(fetch(args[0])) != 'started':
                    time.sleep(0.01)
                """, job.id());
        bench.python("send_kill_horse_command(redis, args[0]); send_shutdown_command(redis, args[0])", name);
        // Commands are obeyed in their order: when this one is, the worker knows that it is to shut down.
        bench.python("send_stop_job_command(redis, args[0])", stopped.id());
        held.awaitCancellation();
        JobHandle<String> next = Bench.await(bench.queue().enqueue(ECHO, "for another"));
        held.letGo("in peace");

        assertThat(ended).succeedsWithin(Bench.PATIENCE);
        assertThat(Bench.await(job.result())).isEqualTo("in peace");
        assertThat(Bench.await(next.status())).isEqualTo(JobStatus.QUEUED);
        assertThat(bench.python("print([worker.name for worker in Worker.all(connection=redis)])"))
                .isEqualTo("[]");
        assertThat(bench.rq("info")).contains("0 workers");
    }

    @Test
    void requeueAndEmptyWorkOnJobsOfJava(Bench bench) {
        JobHandle<String> job = Bench.await(bench.queue().enqueue(ECHO, "again"));
        assertThat(Bench.await(bench.worker(worker -> worker.handle(Held.HOLD, held::handle))
                        .drain()))
                .isEqualTo(1);
        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobFailed.class);

        bench.rq("requeue", "--all", "--queue", "q");
        assertThat(Bench.await(bench.worker(this::handlers).drain())).isEqualTo(1);
        assertThat(Bench.await(job.result())).isEqualTo("again");

        JobHandle<String> other = Bench.await(bench.queue().enqueue(ECHO, "never"));
        bench.rq("empty", "q");
        assertThatThrownBy(() -> Bench.await(other.result())).isInstanceOf(JobException.NoSuchJob.class);
    }

    private WorkerBuilder handlers(WorkerBuilder worker) {
        return worker.name(name).handle(Held.HOLD, held::handle).handle(ECHO, Mono::just);
    }

    private void start(Bench bench) {
        bench.startWorker(this::handlers);
        bench.python("""
                while not redis.exists("rq:worker:" + args[0]):
                    time.sleep(0.01)
                """, name);
    }

    /** Takes the job as a worker does that never gives another sign of life, and returns when its lease is over. */
    private void claimAndDie(Bench bench, Duration lease) {
        ClaimRequest request = new ClaimRequest("dead", "dead", "0123456789abcdef", 1, lease, List.of("q"));
        assertThat(Bench.await(bench.client().engine().leases().claim(request)).jobs())
                .hasSize(1);
        Bench.await(Mono.delay(lease));
    }
}
