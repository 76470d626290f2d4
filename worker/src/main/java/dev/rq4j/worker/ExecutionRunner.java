package dev.rq4j.worker;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.Settled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Runs one job: reads it, calls its handler, and settles what comes of it. A run never ends with an error. */
final class ExecutionRunner {

    private final Handlers handlers;
    private final Threads threads;
    private final Settler settler;
    private final Strangers strangers;
    private final Engine engine;

    ExecutionRunner(Handlers handlers, Threads threads, Settler settler, Strangers strangers, Engine engine) {
        this.handlers = handlers;
        this.threads = threads;
        this.settler = settler;
        this.strangers = strangers;
        this.engine = engine;
    }

    /**
     * Runs the job and completes when its slot is free: when it is settled and its handler has really ended, which for
     * blocking code can be long after it was interrupted. Emits only if the job ended here, well or not.
     */
    Mono<Settled> run(Lease lease) {
        return Mono.defer(() -> prepare(lease)).subscribeOn(threads.handlers()).filter(Settled::isEffective);
    }

    private Mono<Settled> prepare(Lease lease) {
        JobContext context;
        Invocation invocation;
        Duration timeout;
        try {
            PayloadCodec.Call call = Calls.read(lease.job(), engine.codec());
            Handler<?, ?> handler = handlers.find(call.task());
            if (handler == null) {
                return strangers.turnAway(lease, handlers.unknown(call.task()));
            }
            timeout = lease.job().timeout();
            context = new JobContext(lease.job(), call.task(), engine.notes());
            Object input = call.input(handler.task().input());
            invocation = handler.start(input, context, threads.blocking());
        } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
            return settler.settle(lease, new Ending.Failed(unreadable));
        }
        return ending(lease, invocation, timeout)
                .contextWrite(Context.of(JobContext.class, context))
                .flatMap(ending -> settler.settle(lease, ending))
                .defaultIfEmpty(Settled.LOST)
                .delayUntil(settled -> invocation.ended());
    }

    /** How the run ends: by the handler, by its timeout, or from outside, whichever comes first. */
    private Mono<Ending> ending(Lease lease, Invocation invocation, @Nullable Duration timeout) {
        Mono<Ending> ending = limited(lease, invocation.value(), timeout)
                .<Ending>map(Ending.Succeeded::new)
                .defaultIfEmpty(new Ending.Succeeded(null))
                .onErrorResume(error -> Mono.just(new Ending.Failed(error)));
        return Mono.firstWithSignal(ending, lease.interruption());
    }

    private Mono<Object> limited(Lease lease, Mono<?> value, @Nullable Duration timeout) {
        // Cancelling runs code of the handler, which must hold up neither the timer nor the driver.
        Mono<Object> cancellable = Mono.<Object>from(value).cancelOn(threads.handlers());
        if (timeout == null) {
            return cancellable;
        }
        JobId id = lease.execution().job();
        return cancellable.timeout(
                timeout, Mono.error(() -> new JobException.JobTimedOut(id, timeout)), threads.timer());
    }
}
