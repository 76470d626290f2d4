package dev.rq4j.worker;

import reactor.core.publisher.Mono;

/**
 * Does a task without blocking.
 *
 * @param <I> what goes in
 * @param <O> what comes out
 */
@FunctionalInterface
public interface JobHandler<I, O> {

    /**
     * Returns what does the work once it is subscribed to, on a thread that must not be blocked. What it emits is the
     * result; empty is success with no result; an error fails the job, or has it tried again if its retry policy says so,
     * and {@link Postponed}, which {@link JobContext#retry} and {@link JobContext#snooze} signal, has it run again later. It
     * is cancelled when the job times out, is stopped, canceled or deleted, when the lease is lost, or when the worker stops
     * and the grace period is over.
     *
     * <p>Errors that Reactor takes for fatal, {@link LinkageError} and {@link VirtualMachineError}, fail the job as well
     * when they are thrown by this method or while its {@code Mono} is subscribed to. Thrown later, by an operator on
     * another thread, Reactor signals them to nobody and lets them end what the thread was at: only its timeout ends such a job.
     * Code that can throw them is safe in a {@link BlockingHandler}.
     */
    Mono<? extends O> handle(I input, JobContext job);
}
