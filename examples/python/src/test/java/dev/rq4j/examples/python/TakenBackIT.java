package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** Each side cancels, deletes and stops what the other put off, and queues it again; both count alike after each step. */
@ExtendWith(BenchExtension.class)
class TakenBackIT {

    private static final Task<Void, String> LINGER = Task.of("work.linger", Void.class, String.class);

    private final Held held = new Held();

    @Test
    void pythonCancelsWhatWaitsInJava(Bench bench) {
        JobHandle<String> queued = ofJava(bench, job -> {});
        JobHandle<String> scheduled = ofJava(bench, job -> job.delay(Duration.ofHours(1)));
        JobHandle<String> deferred = ofJava(bench, job -> job.dependsOn(scheduled.id()));
        assertThat(bench.tally()).isEqualTo("queued 1, deferred 1, scheduled 1");

        bench.python("for id in args: fetch(id).cancel()", deferred.id(), scheduled.id(), queued.id());
        assertThat(bench.tally()).isEqualTo("canceled 3");
        for (JobHandle<?> job : List.of(queued, scheduled, deferred)) {
            assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobCanceled.class);
        }
        assertThat(drain(bench)).isZero();

        Bench.await(queued.requeue());
        Bench.await(scheduled.requeue());
        assertThat(bench.tally()).isEqualTo("queued 2, canceled 1");
        assertThat(drain(bench)).isEqualTo(2);
        assertThat(bench.tally()).isEqualTo("finished 2, canceled 1");
    }

    @Test
    void pythonDeletesWhatWaitsInJava(Bench bench) {
        JobHandle<String> scheduled =
                ofJava(bench, job -> job.delay(Duration.ofHours(1)).unique(Unique.untilEnded("key")));
        JobHandle<String> deferred = ofJava(bench, job -> job.dependsOn(scheduled.id()));
        assertThat(bench.tally()).isEqualTo("deferred 1, scheduled 1");

        bench.python("for id in args: fetch(id).delete()", deferred.id(), scheduled.id());
        assertThat(bench.tally()).isEmpty();
        for (JobHandle<?> job : List.of(scheduled, deferred)) {
            assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.NoSuchJob.class);
        }
        ofJava(bench, job -> job.unique(Unique.untilEnded("key")));
        assertThat(bench.tally()).isEqualTo("queued 1");
    }

    @Test
    void javaCancelsAndDeletesWhatPythonScheduled(Bench bench) {
        JobHandle<String> canceled = ofPython(bench, "enqueue_in(timedelta(hours=1), 'work.echo', 'x')");
        JobHandle<String> deleted = ofPython(bench, "enqueue_in(timedelta(hours=1), 'work.echo', 'x')");
        assertThat(bench.tally()).isEqualTo("scheduled 2");
        assertThat(Bench.await(canceled.cancel())).isTrue();
        assertThat(bench.tally()).isEqualTo("scheduled 1, canceled 1");
        assertThat(Bench.await(deleted.delete())).isTrue();
        assertThat(bench.tally()).isEqualTo("canceled 1");
        assertThat(bench.python(
                        "print(status(fetch(args[0])), redis.keys('*' + args[1] + '*'))", canceled.id(), deleted.id()))
                .isEqualTo("canceled []");
    }

    @Test
    void pythonQueuesAgainWhatItStoppedInJava(Bench bench) {
        bench.startWorker(worker -> worker.handle(Held.HOLD, held::handle));
        JobHandle<String> job = ofPython(bench, "enqueue('hold', retry=Retry(max=3))");
        held.awaitStart();
        assertThat(bench.tally()).isEqualTo("started 1");
        bench.python("send_stop_job_command(redis, args[0])", job.id());

        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobStopped.class);
        assertThat(bench.tally()).isEqualTo("failed 1");
        assertThat(bench.python("print(status(fetch(args[0])), fetch(args[0]).retries_left)", job.id()))
                .isEqualTo("stopped 3");
        held.letGo("this time");
        bench.python("failed.requeue(args[0])", job.id());
        assertThat(Bench.await(job.result())).isEqualTo("this time");
        assertThat(bench.tally()).isEqualTo("finished 1");
    }

    @Test
    void javaQueuesAgainWhatItStoppedInPython(Bench bench) {
        bench.startPythonWorker();
        JobHandle<String> job = Bench.await(bench.queue().enqueue(LINGER, null));
        bench.python("""
                while not any(worker.get_current_job_id() == args[0] for worker in Worker.all(connection=redis)):
                    time.sleep(0.01)
                """, job.id());
        assertThat(bench.tally()).isEqualTo("started 1");
        assertThat(Bench.await(job.cancel())).isTrue();
        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobStopped.class);
        assertThat(bench.tally()).isEqualTo("failed 1");
        Bench.await(job.requeue());
        bench.python("""
                while not any(worker.get_current_job_id() == args[0] for worker in Worker.all(connection=redis)):
                    time.sleep(0.01)
                """, job.id());
        assertThat(bench.tally()).isEqualTo("started 1");
    }

    @Test
    void childrenOfWhatPythonCanceledWaitForIt(Bench bench) {
        JobHandle<String> parent = ofJava(bench, job -> {});
        JobHandle<String> child = ofJava(bench, job -> job.dependsOn(parent.id()));
        JobHandle<String> ofPython = Side.PYTHON.make(bench, Side.JAVA, Side.ECHO, Dependency.on(parent.id()));
        bench.python("fetch(args[0]).cancel()", parent.id());
        assertThat(bench.tally()).isEqualTo("deferred 1, canceled 1");
        Bench.await(parent.requeue());
        assertThat(drain(bench)).isEqualTo(2);
        assertThat(bench.tally()).isEqualTo("finished 2");
        assertThat(Bench.await(child.status())).isEqualTo(JobStatus.FINISHED);
        assertThat(Bench.await(ofPython.status())).isEqualTo(JobStatus.QUEUED);
        assertThat(bench.tally("java")).isEqualTo("queued 1");
    }

    private static JobHandle<String> ofJava(Bench bench, Consumer<JobOptions.Builder> change) {
        return Bench.await(bench.queue().enqueue(Side.ECHO, "of java", change));
    }

    private static JobHandle<String> ofPython(Bench bench, String call) {
        return bench.client().job(JobId.of(bench.python("print(queue." + call + ".id)")), Side.ECHO);
    }

    private static long drain(Bench bench) {
        return Bench.await(
                bench.worker(worker -> worker.handle(Side.ECHO, Mono::just)).drain());
    }
}
