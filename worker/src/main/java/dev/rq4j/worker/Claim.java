package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.Settled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A job that was handed out under lease, for a pipeline of the application's own. The lease is extended until the claim is
 * settled, in one of these ways, or until the job's timeout is over, which fails the job. The first to settle it is heard;
 * the others are told that the lease is lost.
 *
 * @param <I> what goes in
 * @param <O> what comes out
 */
public final class Claim<I, O> {

    private final Lease lease;
    private final JobContext job;
    private final @Nullable I input;
    private final Claiming<I, O> claiming;

    Claim(Lease lease, JobContext job, @Nullable I input, Claiming<I, O> claiming) {
        this.lease = lease;
        this.job = job;
        this.input = input;
        this.claiming = claiming;
    }

    /** Returns the job. */
    public JobContext job() {
        return job;
    }

    /** Returns what goes in; null for nothing. */
    public @Nullable I input() {
        return input;
    }

    /**
     * Ends the job well, with this result or none. Signals {@link JobException.LeaseLost} when the job is no longer ours.
     * Once subscribed to, cancelling does not recall it.
     */
    public Mono<Void> finish(@Nullable O result) {
        return Mono.defer(() -> settle(Ending.of(result, claiming.tools().codec())));
    }

    /** Fails the job with this error; otherwise as {@link #finish}. */
    public Mono<Void> fail(Throwable error) {
        return settle(new Ending.Failed(error));
    }

    /** Asks for another attempt, as {@link Postponed#retry} says; otherwise as {@link #finish}. */
    public Mono<Void> retry(RetryPolicy policy) {
        return Mono.defer(() -> settle(Ending.of(Postponed.retry(policy))));
    }

    /** Puts the job off for this long, as {@link Postponed#snooze} says; otherwise as {@link #finish}. */
    public Mono<Void> snooze(Duration delay) {
        return Mono.defer(() -> settle(Ending.of(Postponed.snooze(delay))));
    }

    /** Gives the job back to the front of its queue, unrun; otherwise as {@link #finish}. */
    public Mono<Void> release() {
        return settle(new Ending.GivenBack(true));
    }

    /**
     * Completes when the job is taken from us before we have settled it: since its lease is lost, it was stopped, canceled
     * or deleted, its timeout is over, or the worker ends. Never, if that does not happen.
     */
    public Mono<Void> lost() {
        return lease.interruption().then();
    }

    private Mono<Void> settle(Ending ending) {
        return claiming.tools()
                .settler()
                .settle(lease, ending)
                .defaultIfEmpty(Settled.LOST)
                .flatMap(settled ->
                        settled.isWritten() ? Mono.empty() : Mono.error(new JobException.LeaseLost(job.id())));
    }

    @Override
    public String toString() {
        return "Claim[" + job + "]";
    }
}
