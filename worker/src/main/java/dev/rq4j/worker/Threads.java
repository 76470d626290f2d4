package dev.rq4j.worker;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads of one worker, however many jobs it holds.
 *
 * @param handlers where handlers are called; as many as there are processors, and never to be blocked
 * @param blocking where blocking handlers run; made as they are needed, one a job. A thread is free only a moment after
 *     its job, hence twice as many as jobs: none shall queue up behind another
 * @param timer one that waits for the next sign of life
 * @param limits what the timeouts of jobs go by: the timer, unless the application brings a clock of its own
 */
record Threads(Scheduler handlers, Scheduler blocking, Scheduler timer, Scheduler limits) {

    private static final int IDLE_SECONDS = 30;

    static Threads of(WorkerOptions options, @Nullable Scheduler clock) {
        Scheduler timer = Schedulers.newSingle("rq4j-timer", true);
        return new Threads(
                Schedulers.newParallel("rq4j-handler", Runtime.getRuntime().availableProcessors(), true),
                Schedulers.newBoundedElastic(
                        2 * options.concurrency(), options.concurrency(), "rq4j-blocking", IDLE_SECONDS, true),
                timer,
                clock == null ? timer : clock);
    }

    void dispose() {
        handlers.dispose();
        blocking.dispose();
        timer.dispose();
    }
}
