package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobResult;
import dev.rq4j.job.JobResult.Type;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RunningExecution;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import dev.rq4j.job.WorkerInfo;
import dev.rq4j.job.WorkerInfo.State;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** Each side reads what the other wrote beside its jobs, and sees what the other runs. */
@ExtendWith(BenchExtension.class)
class EachOthersNotesIT {

    private static final Task<String, String> ECHO = Task.of("echo", String.class, String.class);
    private static final Task<List<Integer>, List<Integer>> PYTHON_ECHO =
            Task.of("work.echo", new TypeRef<>() {}, new TypeRef<>() {});
    private static final Task<String, Void> PYTHON_FAIL = Task.of("work.fail", String.class, Void.class);
    private static final Task<Void, String> LINGER = Task.of("work.linger", Void.class, String.class);

    @Test
    void metadataIsReadAndChangedByBoth(Bench bench) {
        String id = bench.python("print(queue.enqueue('echo', 'x', meta={'who': 'ada', 'n': [1, 2.5, None]}).id)");
        JobHandle<String> job = bench.client().job(JobId.of(id), ECHO);
        Map<String, Object> ofPython = Bench.await(job.meta());
        assertThat(ofPython).containsOnlyKeys("who", "n").containsEntry("who", "ada");
        assertThat((List<?>) ofPython.get("n")).hasToString("[1, 2.5, null]");

        Bench.await(bench.worker(worker -> worker.handle(
                        ECHO,
                        (input, context) -> context.updateMeta(meta -> {
                                    meta.put("java", "\u043f \ud83d\ude00");
                                    return meta;
                                })
                                .then(context.progress(50, "half"))
                                .then(context.log("a line"))
                                .thenReturn(input)))
                .drain());
        assertThat(bench.python("""
                job = fetch(args[0])
                print(json.dumps(job.meta))
                job.meta['python'] = True
                job.save_meta()
                """, id))
                .isEqualTo("{\"who\": \"ada\", \"n\": [1, 2.5, null], \"java\": \"\\u043f \\ud83d\\ude00\"}");

        assertThat(Bench.await(job.meta())).containsEntry("python", true).containsEntry("who", "ada");
        assertThat(Bench.await(job.snapshot()).status()).isEqualTo(JobStatus.FINISHED);
    }

    @Test
    void pickledMetadataIsUnreadableAndHarmsNothing(Bench bench) {
        String id = bench.python("""
                job = Queue('q', connection=redis).create_job('echo', meta={'a': 1})
                job.save()
                print(job.id)
                """);
        JobHandle<String> job = bench.client().job(JobId.of(id), ECHO);

        assertThatThrownBy(() -> Bench.await(job.meta()))
                .isInstanceOf(JobException.Unreadable.class)
                .hasMessageContaining("pickled");
        assertThatThrownBy(() -> Bench.await(job.updateMeta(meta -> meta))).isInstanceOf(JobException.Unreadable.class);
        assertThat(bench.python("print(Job.fetch(args[0], connection=redis).meta)", id))
                .isEqualTo("{'a': 1}");
    }

    @Test
    void whatPythonRecordedIsReadAsHistory(Bench bench) {
        JobHandle<List<Integer>> well = Bench.await(bench.queue().enqueue(PYTHON_ECHO, List.of(1, 2)));
        JobHandle<Void> badly = Bench.await(bench.queue().enqueue(PYTHON_FAIL, "no figures"));
        bench.drainWithPython();
        bench.rq("requeue", "--all", "--queue", "q", "--serializer", "rq.serializers.JSONSerializer");
        bench.drainWithPython();

        JobResult result = Bench.await(well.latestResult());
        assertThat(result.type()).isEqualTo(Type.SUCCEEDED);
        assertThat(result.value(new TypeRef<List<Integer>>() {})).containsExactly(1, 2);
        assertThat(result.trace()).isNull();
        assertThat(Bench.await(badly.results().collectList())).hasSize(2).allSatisfy(failure -> {
            assertThat(failure.type()).isEqualTo(Type.FAILED);
            assertThat(failure.trace()).startsWith("Traceback").contains("ValueError: no figures");
            assertThat(failure.value(Object.class)).isNull();
        });
    }

    @Test
    void whatJavaRecordedIsReadAsHistoryByPython(Bench bench) {
        JobHandle<String> job = Bench.await(bench.queue().enqueue(ECHO, "x"));
        Bench.await(bench.worker(
                        worker -> worker.handle(ECHO, input -> Mono.error(new IllegalStateException("broken"))))
                .drain());
        bench.rq("requeue", "--all", "--queue", "q", "--serializer", "rq.serializers.JSONSerializer");
        Bench.await(bench.worker(worker -> worker.handle(ECHO, Mono::just)).drain());

        assertThat(bench.python("""
                for result in Result.all(fetch(args[0]), serializer=JSONSerializer):
                    print(result.type.name, result.return_value, (result.exc_string or '').split(chr(10))[0])
                """, job.id()).lines())
                .containsExactly("SUCCESSFUL x ", "FAILED None java.lang.IllegalStateException: broken");
        assertThat(Bench.await(job.results().map(JobResult::type).collectList()))
                .containsExactly(Type.SUCCEEDED, Type.FAILED);
    }

    @Test
    void aPythonWorkerIsSeenAndItsJobStopped(Bench bench) {
        bench.startPythonWorker();
        JobHandle<String> job = Bench.await(bench.queue().enqueue(LINGER, null));
        bench.python("""
                while not any(worker.get_current_job_id() == args[0] for worker in Worker.all(connection=redis)):
                    time.sleep(0.01)
                """, job.id());

        WorkerInfo worker = bench.client().workers().of("q").blockFirst(Bench.PATIENCE);
        assertThat(worker.state()).isEqualTo(State.BUSY);
        assertThat(worker.queues()).containsExactly("q");
        assertThat(worker.currentJob()).isEqualTo(job.id());
        assertThat(worker.running()).isEqualTo(1);
        assertThat(worker.born()).isNotNull();
        assertThat(worker.pid()).isPositive();
        assertThat(Bench.await(bench.queue().executions().collectList()))
                .extracting(RunningExecution::execution)
                .allMatch(execution -> execution.job().equals(job.id()))
                .hasSize(1);

        assertThat(Bench.await(job.stop())).isTrue();
        assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.JobStopped.class);
        assertThat(Bench.await(bench.client().workers().stop(worker.name()))).isTrue();
        bench.python("""
                while Worker.all(connection=redis):
                    time.sleep(0.01)
                """);
        assertThat(Bench.await(bench.client().workers().find(worker.name()))).isNull();
    }

    @Test
    void aQuietWorkerIsShownAsSuspended(Bench bench) {
        String name = "java-" + UUID.randomUUID();
        bench.startWorker(worker -> worker.name(name).handle(ECHO, Mono::just)).quiet();

        bench.python("""
                while not any(worker.get_state() == 'suspended' for worker in Worker.all(connection=redis)):
                    time.sleep(0.01)
                redis.sadd('rq:queues', queue.key)
                """);
        assertThat(bench.rq("info", "--raw").lines())
                .anyMatch(line -> line.matches("worker " + name + " \\(.*\\) suspended q.*"));
    }
}
