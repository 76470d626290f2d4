package dev.rq4j.worker.testing;

import dev.rq4j.JobClient;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Due;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.JobStore;
import dev.rq4j.redis.Outcome;
import dev.rq4j.worker.Worker;
import dev.rq4j.worker.WorkerBuilder;
import dev.rq4j.worker.maintenance.Janitor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Runs the jobs of a test when the test says so, one at a time and in order, with a real {@link Worker} on a real Redis: what
 * happens to a job here happens to it in production. Time passes when the test says so as well: delays, intervals between
 * retries, repetitions, cron, rates, times to live and retention need no waiting.
 *
 * <pre>{@code
 * TestWorker worker = TestWorker.of(jobs, builder -> builder.queues("emails").handle(SEND_EMAIL, mailer::send));
 *
 * Receipt receipt = worker.enqueueAndRun("emails", SEND_EMAIL, email).block();
 *
 * signUp(ada).then(worker.drain()).block();                 // what the application enqueued
 * worker.advance(Duration.ofDays(3)).then(worker.drain()).block(); // the reminder
 * }</pre>
 *
 * <p>Give each test a prefix of its own, so that tests can run side by side; no other worker may serve it meanwhile.
 *
 * <p>Limits. Letting time pass moves what is due, not the clock of Redis: times that are shown stay as they were written,
 * and a schedule of cron goes on from today's date. Leases stay as they are, so workers that die are out of reach. It
 * walks over all keys of the database: this is for the Redis of tests. Timeouts of handlers take real time, unless
 * {@link WorkerBuilder#timeoutsOn} names a clock of the test's, which is then advanced by the test.
 */
public final class TestWorker {

    private static final int MOST_IDLE = 5;
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final JobClient client;
    private final Engine engine;
    private final Worker worker;

    private TestWorker(JobClient client, Worker worker) {
        this.client = client;
        this.engine = client.engine();
        this.worker = worker;
    }

    /**
     * Returns a worker with these handlers and options; it does nothing until it is told to. Concurrency is one, whatever
     * is set, and the end of the JVM does not concern it.
     *
     * @throws JobException.Invalid when an option cannot be
     */
    public static TestWorker of(JobClient client, Consumer<WorkerBuilder> options) {
        WorkerBuilder builder = Worker.builder(client);
        options.accept(builder);
        return new TestWorker(
                client, builder.concurrency(1).keepsRunningOnSignals().build());
    }

    /**
     * Runs everything that can run now: what waits in the queues, what is due, and what becomes due or is enqueued by that,
     * until nothing is left. Emits how many jobs ended, well or not; attempts that are tried again are not counted.
     * Cancelling gives back the job that runs. Signals what {@link Worker#drain()} signals.
     */
    public Mono<Long> drain() {
        return drain(0);
    }

    /**
     * Enqueues a job with the task's options, runs everything that can run now, and emits what the job returned, as
     * {@link dev.rq4j.JobHandle#result()} does. Signals {@link JobException.NotEnded} when it waits still: for its time, for
     * other jobs, for its retry, or in a queue that this worker does not serve; {@link #advance}, {@link #drain} and a
     * handle of the job go on from there.
     */
    public <I, O> Mono<O> enqueueAndRun(String queue, Task<I, O> task, @Nullable I input) {
        return Mono.defer(() -> enqueueAndRun(queue, task.request(input)));
    }

    /** Enqueues a job and runs it as {@link #enqueueAndRun(String, Task, Object)} does, with options of its own. */
    public <I, O> Mono<O> enqueueAndRun(
            String queue, Task<I, O> task, @Nullable I input, Consumer<JobOptions.Builder> change) {
        return Mono.defer(() -> enqueueAndRun(queue, task.request(input, change)));
    }

    /**
     * Enqueues a job and runs it as {@link #enqueueAndRun(String, Task, Object)} does. Where the request says that an
     * existing job is returned, it emits what that one returned.
     */
    public <O> Mono<O> enqueueAndRun(String queue, JobRequest<O> request) {
        return Mono.defer(() -> {
                    JobId id = JobStore.idFor(request);
                    return expect(id, engine.jobs().enqueue(queue, request, id));
                })
                .flatMap(job -> drain().then(Mono.defer(() -> ended(job)))
                        .flatMap(end -> end.<O>result(job.id, request.task().output(), engine.codec()))
                        .doFinally(end -> job.outcome.cancel(false)));
    }

    /**
     * Lets time pass for everything that is due or goes at a time, without waiting, and runs nothing: follow with
     * {@link #drain()}. What is no longer kept is off the lists afterwards. It is as if no worker had been there meanwhile:
     * runs of cron that were passed over are missed ones. Signals {@link JobException.Invalid} when the time is negative, or
     * more than ten years.
     */
    public Mono<Void> advance(Duration time) {
        return Mono.defer(() -> {
            if (time.isNegative()) {
                throw new JobException.Invalid("time does not go back, but this was " + time);
            }
            if (time.compareTo(LONGEST) > 0) {
                throw new JobException.Invalid(
                        "time goes on by at most " + LONGEST.toDays() + " days, but this was " + time);
            }
            List<String> queues = worker.options().queues();
            return engine.times().advance(time).then(new Janitor(engine, queues).tidy());
        });
    }

    /** What was due may have made something else due, and that again; what cannot be done is not tried for ever. */
    private Mono<Long> drain(int idle) {
        return worker.drain()
                .flatMap(ran -> engine.times()
                        .due(worker.options().queues())
                        .filter(due -> isAnything(due) && (ran > 0 || idle < MOST_IDLE))
                        .flatMap(due -> drain(ran > 0 ? 0 : idle + 1).map(more -> ran + more))
                        .defaultIfEmpty(ran));
    }

    /**
     * Emits the job that is enqueued under this id, or the existing one that the answer names instead. It is listened to
     * from before there is anything to hear, and is heard when all has been run.
     */
    private Mono<Expected> expect(JobId id, Mono<JobId> enqueue) {
        return Mono.deferContextual(context -> {
            Sinks.One<JobId> enqueued = Sinks.one();
            CompletableFuture<Outcome> outcome = engine.outcomes()
                    .await(id, enqueue.doOnNext(enqueued::tryEmitValue))
                    .doOnError(enqueued::tryEmitError)
                    // A future has none of its own.
                    .contextWrite(context)
                    .toFuture();
            return enqueued.asMono()
                    .flatMap(found -> {
                        if (found.equals(id)) {
                            return Mono.just(new Expected(id, outcome));
                        }
                        outcome.cancel(false);
                        return expect(found, Mono.just(found));
                    })
                    .doOnCancel(() -> outcome.cancel(false));
        });
    }

    private Mono<Outcome> ended(Expected job) {
        return client.job(job.id, Object.class)
                .status()
                .filter(status -> !status.isTerminal())
                .<Outcome>flatMap(status -> Mono.error(new JobException.NotEnded(job.id, status)))
                .onErrorResume(JobException.NoSuchJob.class, gone -> Mono.empty())
                .switchIfEmpty(Mono.fromFuture(job.outcome));
    }

    private static boolean isAnything(Due due) {
        return due.deadlines()
                || due.turns()
                || due.dependents()
                || due.cron()
                || !due.queues().isEmpty();
    }

    @Override
    public String toString() {
        return "TestWorker[" + worker.name() + "]";
    }

    /**
     * A job that is listened to.
     *
     * @param id its id
     * @param outcome what is heard of it
     */
    private record Expected(JobId id, CompletableFuture<Outcome> outcome) {}
}
