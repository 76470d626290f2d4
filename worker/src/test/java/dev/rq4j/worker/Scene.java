package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What tests of workers begin with: a namespace of their own, the scripted handler, and workers that end with the test. */
@ExtendWith(RedisExtension.class)
abstract class Scene {

    /** The queue that everything goes to unless said otherwise. */
    static final String QUEUE = "default";

    JobClient jobs;
    RawRedis redis;
    final ScriptedHandler script = new ScriptedHandler();
    private final List<RunningWorker> running = new CopyOnWriteArrayList<>();

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
    }

    @AfterEach
    void stopWorkers() {
        running.forEach(RunningWorker::close);
    }

    /** Returns a builder of a worker that does what the jobs say. */
    WorkerBuilder worker() {
        return worker(jobs).handle(ACT, script);
    }

    /** Returns a builder of a worker without handlers. */
    static WorkerBuilder worker(JobClient client) {
        return Worker.builder(client).queues(QUEUE).keepsRunningOnSignals();
    }

    /** Runs a worker until the end of the test. */
    RunningWorker run(WorkerBuilder builder) {
        RunningWorker worker = new RunningWorker(builder.build());
        running.add(worker);
        return worker;
    }

    /** Runs everything there is and returns how many jobs that were. */
    static long drain(WorkerBuilder builder) {
        return get(builder.build().drain());
    }

    JobHandle<String> enqueue(String act) {
        return enqueue(act, options -> {});
    }

    JobHandle<String> enqueue(String act, Consumer<JobOptions.Builder> options) {
        return get(jobs.queue(QUEUE).enqueue(ACT, act, options));
    }

    /** Enqueues many, and returns their ids in the order of the queue. */
    List<JobId> enqueue(int count, String act) {
        return get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, count).map(i -> ACT.request(act)))
                .<JobId>map(JobHandle::id)
                .collectList());
    }

    /** Returns what the worker recorded about a failed job. */
    static String trace(JobHandle<?> job) {
        return Assertions.catchThrowableOfType(JobException.JobFailed.class, () -> await(job.result()))
                .trace();
    }

    String status(JobId job) {
        return redis.job(job).get("status");
    }

    /** Returns the jobs that somebody holds a lease on. */
    List<JobId> held(String queue) {
        return redis.commands().zrange(redis.key("wip:" + queue), 0, -1).stream()
                .map(member -> JobId.of(member.substring(0, member.indexOf(':'))))
                .toList();
    }

    /** Waits for a value, which must come. */
    static <T> T get(Mono<T> mono) {
        T value = await(mono);
        if (value == null) {
            throw new AssertionError("nothing came");
        }
        return value;
    }

    /** Waits for the end, and returns the value if there is one. */
    static <T> @Nullable T await(Mono<T> mono) {
        return mono.block(Eventually.DEADLINE);
    }

    static void awaitAll(List<? extends JobHandle<?>> handles) {
        Flux.fromIterable(handles)
                .flatMap(handle -> handle.result().onErrorComplete(), 256)
                .then()
                .block(Duration.ofSeconds(60));
    }
}
