package dev.rq4j.worker;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.Settled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Runs one job: reads it, calls its handler, and settles what comes of it. A run never ends with an error. */
final class ExecutionRunner {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionRunner.class);
    /** The task of a job whose payload cannot be read. */
    private static final String UNREADABLE = "";

    private final Repertoire repertoire;
    private final Tools tools;
    private final Threads threads;

    ExecutionRunner(Repertoire repertoire, Tools tools) {
        this.repertoire = repertoire;
        this.tools = tools;
        this.threads = tools.threads();
    }

    /**
     * Runs the job and completes when its slot is free: when it is settled and its handler has really ended, which for
     * blocking code can be long after it was interrupted. Emits only if the job ended here, well or not.
     *
     * @param next called when another job may be claimed: once the end is on its way to Redis, unless the slot is needed on
     */
    Mono<Settled> run(Lease lease, Runnable next) {
        return Mono.defer(() -> read(lease, next).filter(Settled::isEffective)).subscribeOn(threads.handlers());
    }

    private Mono<Settled> read(Lease lease, Runnable next) {
        PayloadCodec.Call call;
        try {
            call = Calls.read(lease.job(), tools.codec());
        } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
            return settle(lease, new JobContext(lease.job(), UNREADABLE, tools.engine()), Ending.of(unreadable));
        }
        return prepare(lease, call, new JobContext(lease.job(), call.task(), tools.engine()), next);
    }

    private Mono<Settled> prepare(Lease lease, PayloadCodec.Call call, JobContext context, Runnable next) {
        Handler<?, ?> handler = repertoire.handlers().find(call.task());
        if (handler == null) {
            JobException.UnknownTask unknown = repertoire.handlers().unknown(call.task());
            return tools.strangers()
                    .turnAway(lease, unknown)
                    .delayUntil(settled -> tell(context, Ending.of(unknown), settled));
        }
        Invocation invocation;
        Duration timeout;
        try {
            timeout = lease.job().timeout();
            Object input = Calls.input(lease.job(), call, handler.task().input(), tools.codec());
            invocation = handler.start(input, context, threads.blocking());
        } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
            return settle(lease, context, Ending.of(unreadable));
        }
        Mono<?> work = repertoire.interceptors().around(context, invocation.value());
        return ending(lease, work, timeout)
                .contextWrite(Context.of(JobContext.class, context))
                .flatMap(ending -> Mono.zip(
                        settle(lease, context, ending),
                        ended(invocation, next).thenReturn(true),
                        (settled, ended) -> settled));
    }

    /** The handler's end; interceptors need the slot for longer. */
    private Mono<Void> ended(Invocation invocation, Runnable next) {
        return repertoire.interceptors().isEmpty()
                ? invocation.ended().doOnSuccess(ended -> next.run())
                : invocation.ended();
    }

    /** How the run ends: by the handler, by its timeout, or from outside, whichever comes first. */
    private Mono<Ending> ending(Lease lease, Mono<?> work, @Nullable Duration timeout) {
        Mono<Ending> ending = limited(lease, work, timeout)
                .map(value -> Ending.of(value, tools.codec()))
                .switchIfEmpty(Mono.fromSupplier(() -> Ending.of(null, tools.codec())))
                .onErrorResume(error -> Mono.just(Ending.of(error)));
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
                timeout, Mono.error(() -> new JobException.JobTimedOut(id, timeout)), threads.limits());
    }

    private Mono<Settled> settle(Lease lease, JobContext context, Ending ending) {
        return tools.settler()
                .settle(lease, ending)
                .defaultIfEmpty(Settled.LOST)
                .delayUntil(settled -> tell(context, ending, settled));
    }

    /** What interceptors do must hold up nobody but the slot that the job had. */
    private Mono<Void> tell(JobContext context, Ending ending, Settled settled) {
        Interceptors interceptors = repertoire.interceptors();
        return interceptors.isEmpty()
                ? Mono.empty()
                : Mono.<Void>fromRunnable(() -> interceptors.tell(context, ending, settled))
                        .subscribeOn(threads.handlers())
                        .onErrorResume(gone -> {
                            LOG.debug("the worker has ended: interceptors are not told of {}", context, gone);
                            return Mono.empty();
                        });
    }
}
