package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** Each side takes back, deletes and clears away the jobs of the other. */
@ExtendWith(BenchExtension.class)
class EachOthersJobsIT {

    private static final Task<Void, String> ECHO = Task.of("echo", Void.class, String.class);
    private static final Task<Void, String> LINGER = Task.of("work.linger", Void.class, String.class);

    private final Held held = new Held();

    @Test
    void pythonCancelsWhatJavaQueued(Bench bench) {
        JobHandle<String> job = enqueue(bench, ECHO);
        bench.python("fetch(args[0]).cancel()", job.id());

        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobCanceled.class);
        assertThat(Bench.await(bench.queue().canceled().ids().collectList())).containsExactly(job.id());
        assertThat(drain(bench)).isZero();
    }

    @Test
    void pythonDeletesWhatJavaQueued(Bench bench) {
        JobHandle<String> job = enqueue(bench, ECHO);
        JobHandle<String> other = enqueue(bench, ECHO);
        bench.python("fetch(args[0]).delete()", job.id());

        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.NoSuchJob.class);
        assertThat(drain(bench)).isEqualTo(1);
        assertThat(Bench.await(other.result())).isEqualTo("done");
        assertThat(bench.python("print(redis.keys('*' + args[0] + '*'), counts())", job.id()))
                .isEqualTo("[] queued 0 started 0 finished 1 failed 0");
    }

    @Test
    void pythonEmptiesTheQueueOfJava(Bench bench) {
        JobHandle<String> job = enqueue(bench, ECHO);
        enqueue(bench, ECHO);
        assertThat(bench.python("print(queue.empty(), counts())"))
                .isEqualTo("2 queued 0 started 0 finished 0 failed 0");
        assertThat(drain(bench)).isZero();
        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.NoSuchJob.class);
    }

    @Test
    void whatPythonCancelsWhileJavaRunsItStaysCanceled(Bench bench) {
        bench.startWorker(worker -> worker.handle(Held.HOLD, held::handle).handle(ECHO, nothing -> Mono.just("done")));
        JobHandle<String> job = enqueue(bench, Held.HOLD);
        held.awaitStart();
        bench.python("fetch(args[0]).cancel()", job.id());
        held.letGo("too late");

        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobCanceled.class);
        assertThat(Bench.await(enqueue(bench, ECHO).result())).isEqualTo("done");
        assertThat(bench.python("print(status(fetch(args[0])), canceled.count, counts())", job.id()))
                .isEqualTo("canceled 1 queued 0 started 0 finished 1 failed 0");
    }

    @Test
    void whatPythonDeletesWhileJavaRunsItStaysDeleted(Bench bench) {
        bench.startWorker(worker -> worker.handle(Held.HOLD, held::handle).handle(ECHO, nothing -> Mono.just("done")));
        JobHandle<String> job = enqueue(bench, Held.HOLD);
        held.awaitStart();
        bench.python("fetch(args[0]).delete()", job.id());
        held.letGo("too late");

        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.NoSuchJob.class);
        assertThat(Bench.await(enqueue(bench, ECHO).result())).isEqualTo("done");
        assertThat(bench.python("print(redis.keys('*' + args[0] + '*'), counts())", job.id()))
                .isEqualTo("[] queued 0 started 0 finished 1 failed 0");
    }

    @Test
    void javaCancelsWhatPythonQueued(Bench bench) {
        JobHandle<String> job = ofPython(bench, "echo");
        assertThat(Bench.await(job.cancel())).isTrue();

        assertThat(bench.python("print(status(fetch(args[0])), args[0] in canceled, counts())", job.id()))
                .isEqualTo("canceled True queued 0 started 0 finished 0 failed 0");
        bench.drainWithPython();
        assertThat(Bench.await(job.status())).isEqualTo(JobStatus.CANCELED);
    }

    @Test
    void javaDeletesAndRemovesWhatPythonQueued(Bench bench) {
        JobHandle<String> deleted = ofPython(bench, "echo");
        JobHandle<String> removed = ofPython(bench, "echo");
        assertThat(Bench.await(deleted.delete())).isTrue();
        assertThat(Bench.await(bench.queue().remove(removed.id()))).isTrue();

        assertThat(bench.python(
                        "print(Job.exists(args[0], redis), Job.exists(args[1], redis), counts())",
                        deleted.id(),
                        removed.id()))
                .isEqualTo("False False queued 0 started 0 finished 0 failed 0");
        bench.drainWithPython();
    }

    @Test
    void javaEmptiesTheQueueOfPython(Bench bench) {
        JobHandle<String> job = ofPython(bench, "echo");
        ofPython(bench, "echo");
        assertThat(Bench.await(bench.queue().empty())).isEqualTo(2);
        assertThat(bench.python("print(Job.exists(args[0], redis), counts())", job.id()))
                .isEqualTo("False queued 0 started 0 finished 0 failed 0");
    }

    @Test
    void javaDeletesWhatPythonFinished(Bench bench) {
        JobHandle<String> job = ofPython(bench, "work.nothing");
        bench.drainWithPython();
        assertThat(Bench.await(job.status())).isEqualTo(JobStatus.FINISHED);
        assertThat(Bench.await(job.delete())).isTrue();
        assertThat(bench.python("print(redis.keys('rq:*' + args[0] + '*'), counts())", job.id()))
                .isEqualTo("[] queued 0 started 0 finished 0 failed 0");
    }

    @Test
    void javaStopsWhatAPythonWorkerRuns(Bench bench) {
        bench.startPythonWorker();
        JobHandle<String> job = enqueue(bench, LINGER);
        bench.python("""
                while not any(worker.get_current_job_id() == args[0] for worker in Worker.all(connection=redis)):
                    time.sleep(0.01)
                """, job.id());
        assertThat(Bench.await(job.cancel())).isTrue();

        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobStopped.class);
        assertThat(bench.python("print(status(fetch(args[0])), args[0] in failed)", job.id()))
                .isEqualTo("stopped True");
    }

    private static <O> JobHandle<O> enqueue(Bench bench, Task<?, O> task) {
        return Bench.await(bench.queue().enqueue(task.request(null)));
    }

    private static JobHandle<String> ofPython(Bench bench, String function) {
        String id = bench.python("print(queue.enqueue(args[0]).id)", function);
        return bench.client().job(JobId.of(id), String.class);
    }

    private static long drain(Bench bench) {
        return Bench.await(bench.worker(worker -> worker.handle(ECHO, nothing -> Mono.just("done")))
                .drain());
    }
}
