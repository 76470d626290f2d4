package dev.rq4j.worker;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.Engine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Runs one job: reads it, calls its handler, and settles what comes of it. A run never ends with an error. */
final class ExecutionRunner {

    private static final Duration UNKNOWN_PAUSE = Duration.ofSeconds(1);

    private final WorkerOptions options;
    private final Handlers handlers;
    private final Threads threads;
    private final Settler settler;
    private final PayloadCodec codec;

    ExecutionRunner(WorkerOptions options, Handlers handlers, Threads threads, Settler settler, Engine engine) {
        this.options = options;
        this.handlers = handlers;
        this.threads = threads;
        this.settler = settler;
        this.codec = engine.codec();
    }

    /**
     * Runs the job and completes when its slot is free: when it is settled and its handler has really ended, which for
     * blocking code can be long after it was interrupted.
     */
    Mono<Void> run(Lease lease) {
        return Mono.defer(() -> prepare(lease)).subscribeOn(threads.handlers());
    }

    private Mono<Void> prepare(Lease lease) {
        JobContext context;
        Invocation invocation;
        Duration timeout;
        try {
            PayloadCodec.Call call = Calls.read(lease.job(), codec);
            Handler<?, ?> handler = handlers.find(call.task());
            if (handler == null) {
                return unknown(lease, call.task());
            }
            timeout = lease.job().timeout();
            context = new JobContext(lease.job(), call.task());
            Object input = call.input(handler.task().input());
            invocation = handler.start(input, context, threads.blocking());
        } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
            return settler.settle(lease, new Ending.Failed(unreadable)).then();
        }
        return ending(lease, invocation, timeout)
                .contextWrite(Context.of(JobContext.class, context))
                .flatMap(ending -> settler.settle(lease, ending))
                .then(invocation.ended());
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

    private Mono<Void> unknown(Lease lease, String task) {
        return switch (options.unknownTask()) {
            case FAIL ->
                settler.settle(lease, new Ending.Failed(handlers.unknown(task))).then();
            case LEAVE ->
                settler.settle(lease, new Ending.GivenBack(false))
                        .then(Mono.delay(UNKNOWN_PAUSE, threads.timer()))
                        .then();
        };
    }
}
