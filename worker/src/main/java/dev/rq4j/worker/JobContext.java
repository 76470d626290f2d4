package dev.rq4j.worker;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.TypeRef;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Engine;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a handler may know of the job that it does, and what it can write beside it.
 *
 * <p>What writes is a {@code Mono} and does nothing until it is subscribed to: a {@link JobHandler} makes it part of what it
 * returns, a {@link BlockingHandler} may call {@code block()} on it, on its own thread. It signals
 * {@link JobException.LeaseLost} when the job was taken away from this attempt, and {@link JobException.OfServer} when Redis
 * cannot take it, after some seconds if that may have been passing. Once subscribed to, cancelling does not recall what was
 * sent.
 */
public final class JobContext {

    private final ClaimedJob job;
    private final String task;
    private final Engine engine;

    JobContext(ClaimedJob job, String task, Engine engine) {
        this.job = job;
        this.task = task;
        this.engine = engine;
    }

    /** Returns the id of the job. */
    public JobId id() {
        return job.execution().job();
    }

    /** Returns the execution: the job, the attempt's own random id, and the queue that it came from. */
    public Execution execution() {
        return job.execution();
    }

    /** Returns the name of the task; nothing for a job whose payload cannot be read, of which interceptors are told. */
    public String task() {
        return task;
    }

    /**
     * Returns which attempt this is, from 1. An attempt that fails counts, one that asks for another does, and one whose
     * worker died; putting a job off costs none, and neither does a worker that stops politely. Where a job repeats, failures
     * are counted anew each time.
     */
    public int attempt() {
        return job.failures() + job.recoveries() + job.retriesAsked() + 1;
    }

    /** Returns when the job was queued, by the clock of who queued it; null when that is not known. */
    public @Nullable Instant enqueuedAt() {
        return job.enqueuedAt();
    }

    /**
     * Tells how far the job is, for {@link dev.rq4j.JobHandle#snapshot()}; what was said about it before stays. Signals
     * {@link JobException.Invalid} for less than 0 or more than 100 percent.
     */
    public Mono<Void> progress(int percent) {
        return engine.notes().progress(execution(), percent, null);
    }

    /** Tells how far the job is as {@link #progress(int)} does, and what it is at, in at most 500 characters; more is cut. */
    public Mono<Void> progress(int percent, String message) {
        return engine.notes().progress(execution(), percent, message);
    }

    /**
     * Adds a line to the job's log, for {@link dev.rq4j.JobHandle#logs()}. It is cut at 2000 characters; the newest 1000
     * lines are kept, for as long as the job is.
     */
    public Mono<Void> log(String line) {
        return engine.notes().log(execution(), line);
    }

    /** Emits the metadata of the job as {@link dev.rq4j.JobHandle#meta()} does. */
    public Mono<Map<String, Object>> meta() {
        return engine.notes().meta(id());
    }

    /** Changes the metadata of the job as {@link dev.rq4j.JobHandle#updateMeta} does. */
    public Mono<Map<String, Object>> updateMeta(UnaryOperator<Map<String, Object>> change) {
        return engine.notes().updateMeta(execution(), change);
    }

    /**
     * Ends this run by asking for another attempt, as {@link Postponed#retry} says: to be returned by the handler. Signals
     * {@link Postponed} when subscribed to.
     */
    public <T> Mono<T> retry(RetryPolicy policy) {
        return Mono.error(() -> Postponed.retry(policy));
    }

    /**
     * Ends this run and puts the job off for this long, as {@link Postponed#snooze} says: to be returned by the handler.
     * Signals {@link Postponed} when subscribed to, and {@link JobException.Invalid} when the time is not positive, or
     * longer than ten years.
     */
    public <T> Mono<T> snooze(Duration delay) {
        return Mono.error(() -> Postponed.snooze(delay));
    }

    /** Returns the jobs that this one waited for, in the order in which they were named. */
    public List<JobId> dependencies() {
        return job.dependencies();
    }

    /**
     * Emits what a job returned, such as one that this one waited for; completes empty when it returned nothing. It does not
     * wait: the answer is as of now.
     *
     * <p>Signals {@link JobException.JobFailed}, {@link JobException.JobStopped} and {@link JobException.JobCanceled} when
     * the job ended that way, {@link JobException.NotEnded} when it runs again or has not run, {@link JobException.NoSuchJob}
     * when it is no longer kept, and {@link JobException.Unreadable} when the result is not of this type.
     */
    public <T> Mono<T> resultOf(JobId id, Class<T> type) {
        return result(id, type);
    }

    /** Emits what a job returned as {@link #resultOf(JobId, Class)} does, for types that have parameters of their own. */
    public <T> Mono<T> resultOf(JobId id, TypeRef<T> type) {
        return result(id, type.type());
    }

    private <T> Mono<T> result(JobId id, Type type) {
        return engine.outcomes().now(id).flatMap(outcome -> outcome.result(id, type, engine.codec()));
    }

    @Override
    public String toString() {
        return task + " " + id() + " attempt " + attempt();
    }
}
