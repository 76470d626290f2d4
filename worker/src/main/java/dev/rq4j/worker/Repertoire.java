package dev.rq4j.worker;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What a worker can do, and how it does it.
 *
 * @param handlers the tasks that it knows
 * @param interceptors what stands around every run
 * @param webhooks how it calls webhooks
 * @param clock what the timeouts of jobs go by; null for the real time
 */
record Repertoire(
        Handlers handlers,
        Interceptors interceptors,
        WebhookOptions webhooks,
        @Nullable Scheduler clock) {

    /** Returns what it can do with these handlers besides. */
    Repertoire with(Handler<?, ?> handler) {
        return new Repertoire(handlers.with(handler), interceptors, webhooks, clock);
    }

    /** Returns what it does where jobs are handed out to somebody else: only this, and nothing around it. */
    Repertoire only(Handler<?, ?> handler) {
        return new Repertoire(Handlers.NONE.with(handler), Interceptors.NONE, webhooks, clock);
    }
}
