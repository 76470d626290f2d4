package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Task;
import dev.rq4j.worker.WorkerBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** Work that one language suspends is suspended in both, and the pauses of single queues stay beside that. */
@ExtendWith(BenchExtension.class)
class SuspendIT {

    private static final Task<String, String> ECHO = Task.of("work.echo", String.class, String.class);

    @Test
    void whatJavaSuspendsIsSuspendedForPython(Bench bench) {
        Bench.await(bench.client().suspend());
        JobHandle<String> job = Bench.await(bench.queue().enqueue(ECHO, "hello"));

        assertThat(suspendedAsPythonSeesIt(bench)).isEqualTo("True -1");
        // it says so and ends, with an error in some versions
        catchThrowable(bench::drainWithPython);
        assertThat(Bench.await(job.status())).isEqualTo(JobStatus.QUEUED);

        bench.rq("resume");
        assertThat(Bench.await(bench.client().isSuspended())).isFalse();
        bench.drainWithPython();
        assertThat(Bench.await(job.result())).isEqualTo("hello");
    }

    @Test
    void whatPythonSuspendsJavaSeesAndResumes(Bench bench) {
        bench.rq("suspend", "--duration", "600");
        JobHandle<String> job = Bench.await(bench.queue().enqueue(ECHO, "hello"));

        assertThat(Bench.await(bench.client().isSuspended())).isTrue();
        bench.startWorker(SuspendIT::echoing);

        Bench.await(bench.client().resume());
        assertThat(suspendedAsPythonSeesIt(bench)).isEqualTo("False -2");
        assertThat(Bench.await(job.result())).isEqualTo("hello");
    }

    @Test
    void aSuspensionForATimeIsOneForPythonToo(Bench bench) {
        Bench.await(bench.client().suspend(Duration.ofMinutes(10)));

        assertThat(suspendedAsPythonSeesIt(bench)).matches("True (600|59\\d)");
    }

    @Test
    void aPausedQueueStaysPausedWhenPythonResumesAllWork(Bench bench) {
        JobClient client = bench.client();
        JobQueue paused = client.queue("paused");
        Bench.await(paused.pause());
        bench.rq("suspend");
        JobHandle<String> waiting = Bench.await(paused.enqueue(ECHO, "waiting"));
        JobHandle<String> other = Bench.await(bench.queue().enqueue(ECHO, "hello"));
        bench.startWorker(worker -> echoing(worker).queues("paused", "q"));

        bench.rq("resume");
        assertThat(Bench.await(other.result())).isEqualTo("hello");
        assertThat(Bench.await(waiting.status())).isEqualTo(JobStatus.QUEUED);

        bench.rq("suspend");
        Bench.await(paused.resume());
        assertThat(Bench.await(waiting.status())).isEqualTo(JobStatus.QUEUED);
        bench.rq("resume");
        assertThat(Bench.await(waiting.result())).isEqualTo("waiting");
    }

    private static String suspendedAsPythonSeesIt(Bench bench) {
        return bench.python("""
                from rq.suspension import is_suspended
                print(bool(is_suspended(redis)), redis.ttl("rq:suspended"))
                """);
    }

    private static WorkerBuilder echoing(WorkerBuilder worker) {
        return worker.handle(ECHO, Mono::just);
    }
}
