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
     * result; empty is success with no result; an error fails the job. It is cancelled when the job times out, is stopped,
     * canceled or deleted, when the lease is lost, or when the worker stops and the grace period is over.
     */
    Mono<? extends O> handle(I input, JobContext job);
}
