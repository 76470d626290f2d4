package dev.rq4j;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobResult;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.LogLine;
import dev.rq4j.job.Names;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Timing;
import dev.rq4j.job.TypeRef;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.Moved;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One job, seen from outside. A handle holds nothing but the id and can be made anew anywhere from it.
 *
 * @param <O> what comes out
 */
public final class JobHandle<O> {

    private final Engine engine;
    private final JobId id;
    private final Type output;

    JobHandle(Engine engine, JobId id, Type output) {
        this.engine = engine;
        this.id = id;
        this.output = output;
    }

    /** Returns the id. */
    public JobId id() {
        return id;
    }

    /**
     * Waits until the job has ended and emits what it returned; completes empty when it returned nothing. The answer is
     * pushed, with a check every second behind it for jobs that a Python worker runs; any number of callers that wait
     * hold one connection. While Redis is away the waiting goes on: use {@code timeout} to bound it.
     *
     * <p>Cancelling stops the waiting and never the job.
     *
     * <p>Signals {@link JobException.JobFailed} with what the worker recorded, {@link JobException.JobStopped},
     * {@link JobException.JobCanceled}, {@link JobException.JobExpired}, {@link JobException.NoSuchJob} when the job is not there, and
     * {@link JobException.Unreadable} when the result is not of the type expected. A job with a retention of zero is gone
     * once it has ended: only those who waited at that moment get its result, which
     * {@link JobQueue#enqueueAndAwait(dev.rq4j.job.Task, Object)} makes sure of. A Python worker tells nobody: the result
     * of such a job is lost.
     */
    public Mono<O> result() {
        return engine.outcomes().await(id).flatMap(outcome -> outcome.result(id, output, engine.codec()));
    }

    /** Emits what Redis says about the job now; signals {@link JobException.NoSuchJob}. */
    public Mono<Job> snapshot() {
        return engine.jobs().find(id).switchIfEmpty(missing());
    }

    /** Emits whether there is such a job. */
    public Mono<Boolean> exists() {
        return engine.jobs().exists(id);
    }

    /**
     * Emits what the job was given, read as this type; completes empty when it was given nothing and the type is
     * {@link Void}. Of a job that takes the result of another it is that result. Cancelling stops the reading.
     *
     * <p>Signals {@link JobException.NoSuchJob}, {@link JobException.Unreadable} when it cannot be read as this type,
     * {@link JobException.TooLarge} beyond the limits of the client's codec, and {@link JobException.NotEnded}, with the other
     * job, when that one has not ended.
     */
    public <I> Mono<I> input(Class<I> type) {
        return engine.inputs().input(id, type);
    }

    /** Emits what the job was given as {@link #input(Class)} does, for a type that has parameters of its own. */
    public <I> Mono<I> input(TypeRef<I> type) {
        return engine.inputs().input(id, type.type());
    }

    /** Emits the status that the job has now; signals {@link JobException.NoSuchJob}. */
    public Mono<JobStatus> status() {
        return engine.jobs().status(id).switchIfEmpty(missing());
    }

    /**
     * Emits where the job is now and then what happens to it, and completes when it has ended or is gone, at once if it has
     * ended. The events are pushed; a look every second stands behind them and finds what nobody told, such as what a Python
     * worker does. Of several things that nobody told, only the last is found.
     *
     * <p>After the connection was away, a {@link JobEvent.Missed} says that there may have been more. A subscriber who asks
     * too slowly holds up nobody, loses the oldest events beyond 256, and is told how many those were; the end is never
     * lost. Cancelling stops the listening and never the job.
     *
     * <p>Signals {@link JobException.NoSuchJob} when there is no such job to begin with.
     */
    public Flux<JobEvent> events() {
        return engine.events().ofJob(id).switchIfEmpty(missing());
    }

    /**
     * Takes the job back if it has not ended. One that waits never starts; one that runs has its handler cancelled and its
     * outcome dropped; one that a Python worker runs is asked to stop, and ends as stopped. The job is kept as a failed one
     * would be. Emits false when it had ended; signals {@link JobException.NoSuchJob}. Once subscribed to, cancelling does
     * not recall the command.
     */
    public Mono<Boolean> cancel() {
        return engine.jobs().cancel(id);
    }

    /**
     * Asks the worker that runs the job, in Java or Python, to stop it: the handler is cancelled and the job ends as
     * stopped, if it does not end otherwise before. Emits false when it does not run or its worker does not listen;
     * signals {@link JobException.NoSuchJob}. Once subscribed to, cancelling does not recall the command.
     */
    public Mono<Boolean> stop() {
        return engine.jobs().interrupt(id);
    }

    /**
     * Emits how many jobs wait before this one in its queue; completes empty when it does not wait there. Redis counts
     * from the front, which takes long in a long queue.
     */
    public Mono<Long> position() {
        return engine.jobs().position(id);
    }

    /**
     * Emits how the last ten attempts ended, those that were retried and those before the job was queued again included,
     * the newest first; completes empty when none has ended, and when there is no such job.
     */
    public Flux<JobResult> results() {
        return engine.results().results(id);
    }

    /** Emits how the last attempt ended; completes empty when none has, and when there is no such job. */
    public Mono<JobResult> latestResult() {
        return engine.results().latest(id);
    }

    /**
     * Emits what the job's handlers have logged, the oldest first: the newest 1000 lines. Completes empty when they have
     * logged nothing, and when there is no such job.
     */
    public Flux<LogLine> logs() {
        return engine.notes().logs(id);
    }

    /**
     * Emits the metadata of the job, which is {@code job.meta} in Python; an empty map when it has none. The map is the
     * caller's own. Signals {@link JobException.NoSuchJob}, and {@link JobException.Unreadable} or
     * {@link JobException.TooLarge} for what is no JSON object, pickled, or has more than 64 KiB.
     */
    public Mono<Map<String, Object>> meta() {
        return engine.notes().meta(id);
    }

    /**
     * Changes the metadata of the job and emits the new. The change is given the present metadata, which it may alter and
     * return; when somebody else has changed it meanwhile, it is called again, so that no update is lost. It must not
     * block, nor do anything else. Signals what {@link #meta()} does, {@link JobException.Unwritable}, and
     * {@link JobException.TooLarge} for more than 64 KiB of JSON. Once subscribed to, cancelling does not recall what was
     * sent.
     */
    public Mono<Map<String, Object>> updateMeta(UnaryOperator<Map<String, Object>> change) {
        return engine.notes().updateMeta(id, change);
    }

    /**
     * Deletes the job, whatever its status, and everything it left behind; a handler that runs is cancelled. Emits false
     * when there was no such job.
     */
    public Mono<Boolean> delete() {
        return engine.jobs().delete(id);
    }

    /**
     * Queues the job again that failed, was stopped or was canceled, with all the retries it had; it goes to the back of its
     * queue. Completes when it waits; signals {@link JobException.WrongStatus}, {@link JobException.NoSuchJob}, and {@link
     * JobException.DuplicateJob} when another job has its unique key by now, and {@link JobException.Unreadable} when others
     * wrote it and nobody knows its queue. Jobs that wait for it go on waiting. One that was canceled while it waited for
     * others waits for those that are yet to end.
     */
    public Mono<Void> requeue() {
        return requeue(false);
    }

    /** Queues the job again as {@link #requeue()} does, at the front of its queue if that is asked for. */
    public Mono<Void> requeue(boolean atFront) {
        return engine.moves()
                .requeue(id, atFront)
                .flatMap(answer -> settled(answer, "be queued again", "failed, stopped or canceled"));
    }

    /**
     * Moves a job that waits to another queue: to the back if it waits for a worker, otherwise it is in that queue when its
     * time has come. Completes when it is there; signals {@link JobException.WrongStatus} and
     * {@link JobException.NoSuchJob}.
     */
    public Mono<Void> moveTo(String queue) {
        return moveTo(queue, false);
    }

    /** Moves a job that waits as {@link #moveTo(String)} does, to the front of the other queue if that is asked for. */
    public Mono<Void> moveTo(String queue, boolean atFront) {
        return Mono.defer(() -> engine.moves().move(id, Names.queue(queue), atFront))
                .flatMap(answer -> settled(answer, "be moved", "waiting"));
    }

    /**
     * Changes when a scheduled job runs: this long from now, up to ten years, by the clock of Redis; zero is at once. The
     * time that it may wait at most, if it has one, is not changed by that: one that is put off for longer expires.
     * Completes when that is done; signals {@link JobException.WrongStatus} when the job is not scheduled,
     * {@link JobException.NoSuchJob}, and {@link JobException.Invalid} for what is negative or absurd. Once subscribed to,
     * cancelling does not recall the command.
     */
    public Mono<Void> reschedule(Duration delay) {
        return Mono.defer(() -> rescheduled(engine.moves().rescheduleIn(id, Timing.checked(delay))));
    }

    /** Changes when a scheduled job runs as {@link #reschedule(Duration)} does: at this time, at once when it is past. */
    public Mono<Void> reschedule(Instant time) {
        return Mono.defer(() -> rescheduled(engine.moves().rescheduleAt(id, Timing.checked(time))));
    }

    private Mono<Void> rescheduled(Mono<Moved> answer) {
        return answer.flatMap(moved -> settled(moved, "be rescheduled", "scheduled"));
    }

    /**
     * Keeps the job and its result for this long from now if it has ended, or from its end, however it ends, if it has
     * not; zero keeps nothing. Emits false when there is no such job.
     */
    public Mono<Boolean> retain(Duration duration) {
        return Mono.defer(() -> engine.jobs().retain(id, Retention.of(duration)));
    }

    /** Keeps the job and its result until somebody deletes it. Emits false when there is no such job. */
    public Mono<Boolean> persist() {
        return engine.jobs().retain(id, Retention.forever());
    }

    private Mono<Void> settled(Moved answer, String asked, String expected) {
        if (answer.isDone()) {
            return Mono.empty();
        }
        if (answer.rival() != null) {
            return Mono.error(new JobException.DuplicateJob(answer.rival()));
        }
        JobStatus found = answer.found();
        return found == null ? missing() : Mono.error(new JobException.WrongStatus(id, asked, expected, found));
    }

    private <T> Mono<T> missing() {
        return Mono.error(() -> new JobException.NoSuchJob(id));
    }

    @Override
    public String toString() {
        return "JobHandle[" + id + "]";
    }
}
