package dev.rq4j.examples.python;

import dev.rq4j.JobHandle;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.Dependency.OnParentFailure;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Who makes a job, and who runs it: each side serves a queue of its own. */
enum Side {
    JAVA {
        @Override
        JobHandle<String> make(Bench bench, Side runner, Task<String, String> task, Dependency parents) {
            return Bench.await(
                    bench.client().queue(runner.queue()).enqueue(task, "from java", job -> job.dependsOn(parents)));
        }

        @Override
        void run(Bench bench) {
            Bench.await(bench.worker(worker -> worker.queues(queue())
                            .handle(ECHO, Mono::just)
                            .handle(FAIL, message -> Mono.error(new IllegalStateException(message))))
                    .drain());
        }
    },
    PYTHON {
        @Override
        JobHandle<String> make(Bench bench, Side runner, Task<String, String> task, Dependency parents) {
            String ids = parents.ids().stream().map(JobId::value).collect(Collectors.joining(","));
            String id = bench.python("""
                    parents = [id for id in args[2].split(",") if id]
                    depends_on = Dependency(parents, args[3] == "RUN", args[4] == "true") if parents else None
                    print(queue_of(args[0]).enqueue(args[1], "from python", depends_on=depends_on).id)
                    """, runner.queue(), task, ids, parents.onFailure(), parents.toFront());
            return bench.client().job(JobId.of(id), task);
        }

        @Override
        void run(Bench bench) {
            bench.drainWithPython(queue());
        }
    };

    /** Returns what it is given. */
    static final Task<String, String> ECHO = Task.of("work.echo", String.class, String.class);
    /** Fails with the message that it is given. */
    static final Task<String, String> FAIL = Task.of("work.fail", String.class, String.class);

    /** Makes a job that the other or the same side runs. */
    abstract JobHandle<String> make(Bench bench, Side runner, Task<String, String> task, Dependency parents);

    /** Runs all that waits in its queue. */
    abstract void run(Bench bench);

    /** Makes a job that waits for no other. */
    JobHandle<String> make(Bench bench, Side runner, Task<String, String> task) {
        return make(bench, runner, task, new Dependency(List.of(), OnParentFailure.WAIT, false));
    }

    /** Returns the name of the queue that it serves. */
    String queue() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    Side other() {
        return this == JAVA ? PYTHON : JAVA;
    }
}
