package dev.rq4j;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RequeueFilter;
import dev.rq4j.job.RunningExecution;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.Registry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A queue: takes jobs in, and shows those that wait and those that a registry keeps. */
public final class JobQueue {

    /** So many take Redis two or three milliseconds, in which it serves nobody else. */
    private static final int BATCH = 256;
    /** How long the first job of a batch that is not full waits for more. */
    private static final Duration BATCH_WAIT = Duration.ofMillis(2);

    private final Engine engine;
    private final String name;

    JobQueue(Engine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /**
     * Enqueues a job with the task's options and emits its handle when Redis has it. A request whose answer is lost is sent
     * again for some seconds and enqueues once.
     *
     * <p>Signals {@link JobException.DuplicateJob} for an id that exists or a unique key that is taken,
     * {@link JobException.NoSuchDependency} for a job to wait for that does not exist, {@link JobException.Unwritable} and
     * {@link JobException.TooLarge} for the input, {@link JobException.OfServer} when Redis cannot take it; after
     * {@link JobException.ServerUnavailable} it is not known whether the job was enqueued. Cancelling calls it off
     * where it is not yet sent, and does not recall it afterwards.
     */
    public <I, O> Mono<JobHandle<O>> enqueue(Task<I, O> task, @Nullable I input) {
        return Mono.defer(() -> enqueue(task.request(input)));
    }

    /** Enqueues a job as {@link #enqueue(Task, Object)} does; the change starts from the task's options. */
    public <I, O> Mono<JobHandle<O>> enqueue(Task<I, O> task, @Nullable I input, Consumer<JobOptions.Builder> change) {
        return Mono.defer(() -> enqueue(task.request(input, change)));
    }

    /** Enqueues a job as {@link #enqueue(Task, Object)} does. */
    public <O> Mono<JobHandle<O>> enqueue(JobRequest<O> request) {
        return engine.jobs().enqueue(name, List.of(request)).next().map(id -> handle(id, request));
    }

    /**
     * Enqueues a job with the task's options and emits what it returns, as {@link JobHandle#result()} does. It listens
     * before it enqueues and so misses nothing, not even the result of a job that is kept for no time at all. Cancelling
     * stops the waiting and never a job that is enqueued.
     */
    public <I, O> Mono<O> enqueueAndAwait(Task<I, O> task, @Nullable I input) {
        return Mono.defer(() -> enqueueAndAwait(task.request(input)));
    }

    /** Enqueues a job and awaits it as {@link #enqueueAndAwait(Task, Object)} does. */
    public <I, O> Mono<O> enqueueAndAwait(Task<I, O> task, @Nullable I input, Consumer<JobOptions.Builder> change) {
        return Mono.defer(() -> enqueueAndAwait(task.request(input, change)));
    }

    /** Enqueues a job and awaits it as {@link #enqueueAndAwait(Task, Object)} does. */
    public <O> Mono<O> enqueueAndAwait(JobRequest<O> request) {
        return Mono.defer(() -> {
            JobId asked = request.options().identity().id();
            JobId id = asked == null ? engine.outcomes().newId() : asked;
            return ResultOfRequest.await(
                    engine, id, request.task().output(), engine.jobs().begin(name, request, id));
        });
    }

    /**
     * Enqueues jobs as they come, up to 256 in one step, and emits their handles in order. While one batch is under way the
     * next is written; it is sent when the handles of the first are emitted, so that the order of the queue is theirs, even
     * where a request is sent again because its answer is lost. It takes no more than it can send: at most eight such batches
     * are under way or waiting. The first error ends it after the batches before; what was emitted is enqueued, and of the
     * batch with the error any part may be. When the publisher fails, what it gave before is enqueued first.
     */
    public Flux<JobHandle<?>> enqueueAll(Publisher<? extends JobRequest<?>> requests) {
        return Flux.defer(() -> {
            // The buffer would drop what it holds.
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            return Flux.<JobRequest<?>>from(requests)
                    .onErrorResume(error -> {
                        failure.set(error);
                        return Flux.empty();
                    })
                    .bufferTimeout(BATCH, BATCH_WAIT, true)
                    .as(batches -> engine.jobs().<JobHandle<?>>enqueueAll(name, batches, this::handle))
                    .concatWith(Mono.defer(() -> Mono.justOrEmpty(failure.get()).flatMap(Mono::error)));
        });
    }

    /** Begins a chain of jobs, of which each takes the result of the one before; see {@link JobChain}. */
    public <O> JobChain<O> chain(JobRequest<O> first) {
        return JobChain.of(engine, name, first);
    }

    /** Emits how many jobs wait. */
    public Mono<Long> size() {
        return engine.queues().size(name);
    }

    /** Emits the ids of the jobs that wait, from the front, page by page as they are asked for. */
    public Flux<JobId> ids() {
        return Pages.all((offset, count) -> engine.queues().ids(name, offset, count));
    }

    /**
     * Emits a page of the ids of the jobs that wait, from the front; signals {@link JobException.Invalid} for a negative
     * offset or count.
     */
    public Flux<JobId> ids(long offset, int count) {
        return Pages.wellFormed(Pages.one(offset, count, () -> engine.queues().ids(name, offset, count)));
    }

    /** Emits the jobs that wait, from the front, page by page as they are asked for. */
    public Flux<Job> jobs() {
        return Pages.jobs(engine, ids());
    }

    /** Takes a waiting job out of this queue and deletes it. Emits false when it does not wait here. */
    public Mono<Boolean> remove(JobId id) {
        return engine.queues().remove(name, id);
    }

    /** Deletes the jobs that wait now and emits how many there were; those that run are left alone. */
    public Mono<Long> empty() {
        return engine.queues().empty(name);
    }

    /**
     * Emits the executions of the queue's jobs that run, by workers in Java and Python, page by page as they are asked for
     * and in no particular order. What begins or ends meanwhile may be among them or not.
     */
    public Flux<RunningExecution> executions() {
        return engine.queues().executions(name);
    }

    /**
     * Pauses this queue until {@link #resume()}: workers in Java take no more of its jobs, and go on with those that they
     * run and with their other queues. Jobs can be enqueued all the while, and wait; so do retried and scheduled ones whose
     * time comes. Python workers do not know of it. Pausing twice is the same as once. Once subscribed to, cancelling does
     * not recall it.
     */
    public Mono<Void> pause() {
        return engine.pauses().pause(name);
    }

    /** Lets workers take jobs of this queue again, which they do at once; does nothing when it is not paused. */
    public Mono<Void> resume() {
        return engine.pauses().resume(name);
    }

    /** Emits whether this queue is paused; all work can be suspended besides, see {@link JobClient#suspend()}. */
    public Mono<Boolean> isPaused() {
        return engine.pauses().isPaused(name);
    }

    /**
     * Emits what happens to the jobs of this queue, until cancelled: pushed, in order, and never completing by itself. What
     * Python does to jobs, nobody tells.
     *
     * <p>It begins with a {@link JobEvent.Missed} of unknown count at the moment from which on nothing is missed, and tells
     * the same when it hears again after the connection was away: then look for yourself. While Redis is away it waits. A
     * subscriber who asks for events more slowly than they come holds up nobody: 256 are kept for him, of more than that
     * the oldest are lost, and a {@link JobEvent.Missed} in their place says how many.
     *
     * <p>Any number of subscribers share one connection. While nobody listens, anywhere, events cost Redis next to nothing.
     * Channels belong to the whole server: who uses one prefix in two of its databases hears of the jobs of both.
     * Signals {@link JobException.OfServer} for what does not pass by itself, such as a user who may not subscribe.
     */
    public Flux<JobEvent> events() {
        return engine.events().ofQueue(name);
    }

    /**
     * Queues all jobs that have failed again, as {@link #requeueFailed(RequeueFilter)} does, as fast as it can.
     */
    public Mono<Long> requeueFailed() {
        return requeueFailed(RequeueFilter.all());
    }

    /**
     * Goes through the jobs that have failed until now, those that are kept the shortest first, queues those again that are
     * asked for, with all the retries they had, and emits how many. Cancelling stops it; what was queued stays queued.
     */
    public Mono<Long> requeueFailed(RequeueFilter filter) {
        return Mono.defer(() -> new Requeue(engine, name, filter).run());
    }

    /**
     * Deletes the jobs that wait in this queue, for their turn, their time, other jobs or the key of a limit, and takes the
     * queue off the list of queues. Emits false when it stays on the list because something is left: a job that runs, or one
     * that came meanwhile. Jobs that have ended are kept as long as they were to be; whoever enqueues to the queue has it
     * listed again. What a key holds back is looked through for jobs of this queue, batch by batch. Cancelling stops it;
     * what was deleted is gone.
     */
    public Mono<Boolean> delete() {
        return engine.queues().delete(name);
    }

    /** Returns the registry of the queue's jobs that run. */
    public JobRegistry started() {
        return registry(JobStatus.STARTED);
    }

    /** Returns the registry of the queue's jobs that wait for their time. */
    public JobRegistry scheduled() {
        return registry(JobStatus.SCHEDULED);
    }

    /** Returns the registry of the queue's jobs that wait for others. */
    public JobRegistry deferred() {
        return registry(JobStatus.DEFERRED);
    }

    /** Returns the registry of the queue's jobs that ended well and are kept. */
    public JobRegistry finished() {
        return registry(JobStatus.FINISHED);
    }

    /** Returns the registry of the queue's jobs that failed or were stopped and are kept. */
    public JobRegistry failed() {
        return registry(JobStatus.FAILED);
    }

    /** Returns the registry of the queue's jobs that were canceled and are kept. */
    public JobRegistry canceled() {
        return registry(JobStatus.CANCELED);
    }

    /**
     * Returns the registry of the queue's jobs in a status.
     *
     * @throws JobException.Invalid for a status without a registry, such as queued
     */
    public JobRegistry registry(JobStatus status) {
        return new JobRegistry(engine, name, Registry.of(status));
    }

    private <O> JobHandle<O> handle(JobId id, JobRequest<O> request) {
        return new JobHandle<>(engine, id, request.task().output());
    }

    @Override
    public String toString() {
        return "JobQueue[" + name + "]";
    }
}
