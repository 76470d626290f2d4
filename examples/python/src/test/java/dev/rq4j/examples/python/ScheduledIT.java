package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** What one side puts off, the other runs when its time has come. */
@ExtendWith(BenchExtension.class)
class ScheduledIT {

    private static final Task<String, String> ECHO = Task.of("work.echo", String.class, String.class);

    @Test
    void javaRunsOnTimeWhatPythonScheduled(Bench bench) {
        bench.startWorker(worker -> worker.handle(ECHO, Mono::just));
        String[] due = bench.python("""
                        print(int(time.time()) + 2, int(time.time()) + 3)
                        queue.enqueue_in(timedelta(seconds=3), "work.echo", "in", job_id="in")
                        queue.enqueue_at(datetime.fromtimestamp(int(time.time()) + 3), "work.echo", "at", job_id="at")
                        queue.enqueue_in(timedelta(hours=1), "work.echo", "later", job_id="later")
                        """).split(" ");
        assertThat(Bench.await(handle(bench, "in").result())).isEqualTo("in");
        assertThat(Bench.await(handle(bench, "at").result())).isEqualTo("at");

        assertThat(bench.tally()).isEqualTo("finished 2, scheduled 1");
        assertStartedSoonAfter(handle(bench, "in"), Instant.ofEpochSecond(Long.parseLong(due[0])));
        assertStartedSoonAfter(handle(bench, "at"), Instant.ofEpochSecond(Long.parseLong(due[1])));
    }

    @Test
    void javaPutsThemWherePythonAsked(Bench bench) {
        bench.python("""
                past = datetime.now(timezone.utc) - timedelta(seconds=1)
                queue.enqueue("work.echo", "1", job_id="waiting")
                queue.enqueue_at(past, "work.echo", "2", job_id="back")
                queue.enqueue_at(past, "work.echo", "3", job_id="front", at_front=True)
                """);
        assertThat(bench.tally()).isEqualTo("queued 1, scheduled 2");
        Bench.await(bench.client().engine().times().promote("q"));

        assertThat(bench.python("print(queue.job_ids, status(fetch('back')), fetch('back').enqueued_at is not None)"))
                .isEqualTo("['front', 'waiting', 'back'] queued True");
        assertThat(bench.tally()).isEqualTo("queued 3");
        bench.drainWithPython();
        assertThat(bench.tally()).isEqualTo("finished 3");
    }

    @Test
    void pythonRunsOnTimeWhatJavaScheduled(Bench bench) {
        bench.startPythonWorker();
        Instant at = Instant.ofEpochMilli(System.currentTimeMillis() + 2345);
        JobHandle<String> then = enqueue(bench, "at", job -> job.at(at));
        JobHandle<String> soon = enqueue(bench, "in", job -> job.delay(Duration.ofMillis(1500)));
        assertThat(Bench.await(soon.result())).isEqualTo("in");
        assertThat(Bench.await(then.result())).isEqualTo("at");

        assertThat(bench.tally()).isEqualTo("finished 2");
        assertStartedSoonAfter(then, at);
    }

    @Test
    void pythonSeesForWhenJavaScheduled(Bench bench) {
        Instant at = Instant.ofEpochMilli(System.currentTimeMillis() + 3_600_123);
        JobHandle<String> then = enqueue(bench, "at", job -> job.at(at));
        JobHandle<String> later = enqueue(bench, "later", job -> job.delay(Duration.ofHours(2)));
        assertThat(bench.tally()).isEqualTo("scheduled 2");
        assertThat(bench.python("print(round(scheduled.get_scheduled_time(args[0]).timestamp() * 1000))", then.id()))
                .isEqualTo("" + at.toEpochMilli());
        assertThat(bench.python("print(*scheduled.get_job_ids())")).isEqualTo(then.id() + " " + later.id());
        bench.drainWithPython();
        assertThat(bench.tally()).isEqualTo("scheduled 2");
    }

    @Test
    void pythonPutsThemWhereJavaAsked(Bench bench) {
        JobHandle<String> waiting = enqueue(bench, "1", job -> {});
        JobHandle<String> back = enqueue(bench, "2", job -> job.delay(Duration.ofSeconds(1)));
        JobHandle<String> front =
                enqueue(bench, "3", job -> job.delay(Duration.ofSeconds(1)).atFront());
        assertThat(bench.tally()).isEqualTo("queued 1, scheduled 2");

        assertThat(bench.python("""
                from rq.scheduler import RQScheduler
                time.sleep(2)
                scheduler = RQScheduler([queue], connection=redis, serializer=JSONSerializer, logging_level="ERROR")
                scheduler.acquire_locks()
                scheduler.enqueue_scheduled_jobs()
                print(*queue.job_ids)
                """)).isEqualTo(front.id() + " " + waiting.id() + " " + back.id());
        assertThat(bench.tally()).isEqualTo("queued 3");
        assertThat(Bench.await(
                        bench.worker(worker -> worker.handle(ECHO, Mono::just)).drain()))
                .isEqualTo(3);
        assertThat(bench.tally()).isEqualTo("finished 3");
    }

    private static JobHandle<String> enqueue(Bench bench, String input, Consumer<JobOptions.Builder> change) {
        return Bench.await(bench.queue().enqueue(ECHO, input, change));
    }

    private static JobHandle<String> handle(Bench bench, String id) {
        return bench.client().job(JobId.of(id), ECHO);
    }

    /** Python writes whole seconds. */
    private static void assertStartedSoonAfter(JobHandle<?> job, Instant due) {
        assertThat(Bench.await(job.snapshot()).times().started()).isBetween(due, due.plus(Bench.PATIENCE));
    }
}
