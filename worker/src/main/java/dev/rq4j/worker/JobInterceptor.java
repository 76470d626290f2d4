package dev.rq4j.worker;

import reactor.core.publisher.Mono;

/**
 * Stands around the runs of all handlers of a worker, for what concerns every job: logs, traces, metrics, transactions,
 * errors that are to be translated or reported. Where Python RQ has exception handlers, and callbacks that run in the
 * worker, this is the place; a job of its own that follows upon another is asked for when that is enqueued.
 *
 * <p>Registered with {@link WorkerBuilder#intercept}, in order: the first is the outermost. One object serves all jobs at
 * once. Claims that are handed out to a pipeline of the application's own are not intercepted.
 */
public interface JobInterceptor {

    /**
     * Returns what is run instead of the work: as a rule the work itself with operators around it. It is called and
     * subscribed to on a thread that must not be blocked, each time for one run, and finds the job in the Reactor context
     * too, as the handler does. What it emits is the result of the job, and an error that it makes is the job's error; an
     * error that it swallows is none. It may run the work again, or not at all.
     *
     * <p>It is inside the job's timeout, and is cancelled with the work: when the time is over, when the job is stopped,
     * canceled or deleted, when the lease is lost, and when the worker stops and the grace period is over. So
     * {@code doFinally} sees every run end, and cannot tell why one was cancelled; {@link #ended} can. {@link Postponed},
     * with which a handler asks to be run later, passes by as an error and should be let through.
     *
     * <p>The method has a type parameter, so it cannot be written as a lambda; a reference to a method that has one will
     * do.
     */
    <O> Mono<O> intercept(JobContext job, Mono<O> work);

    /**
     * Is told how a run ended, once that is written to Redis or need not be: for handlers that ran, and for jobs that could
     * not be run, since nobody here knows the task or the payload cannot be read. On a thread that must not be blocked.
     * What it throws is logged and changes nothing. A worker that ends at once, cancelled or killed, may not get to it.
     */
    default void ended(JobContext job, RunEnd end) {}
}
