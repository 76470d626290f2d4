package dev.rq4j.worker;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.JobNotes;
import java.time.Instant;
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
    private final JobNotes notes;

    JobContext(ClaimedJob job, String task, JobNotes notes) {
        this.job = job;
        this.task = task;
        this.notes = notes;
    }

    /** Returns the id of the job. */
    public JobId id() {
        return job.execution().job();
    }

    /** Returns the execution: the job, the attempt's own random id, and the queue that it came from. */
    public Execution execution() {
        return job.execution();
    }

    /** Returns the name of the task. */
    public String task() {
        return task;
    }

    /** Returns which attempt this is, from 1; a worker that dies costs one, a worker that stops politely none. */
    public int attempt() {
        return job.recoveries() + 1;
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
        return notes.progress(execution(), percent, null);
    }

    /** Tells how far the job is as {@link #progress(int)} does, and what it is at, in at most 500 characters; more is cut. */
    public Mono<Void> progress(int percent, String message) {
        return notes.progress(execution(), percent, message);
    }

    /**
     * Adds a line to the job's log, for {@link dev.rq4j.JobHandle#logs()}. It is cut at 2000 characters; the newest 1000
     * lines are kept, for as long as the job is.
     */
    public Mono<Void> log(String line) {
        return notes.log(execution(), line);
    }

    /** Emits the metadata of the job as {@link dev.rq4j.JobHandle#meta()} does. */
    public Mono<Map<String, Object>> meta() {
        return notes.meta(id());
    }

    /** Changes the metadata of the job as {@link dev.rq4j.JobHandle#updateMeta} does. */
    public Mono<Map<String, Object>> updateMeta(UnaryOperator<Map<String, Object>> change) {
        return notes.updateMeta(execution(), change);
    }

    @Override
    public String toString() {
        return task + " " + id() + " attempt " + attempt();
    }
}
