package dev.rq4j.worker;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.job.JobException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** One call of blocking code: knows whether it is still at work after everybody has stopped waiting for it. */
final class BlockingCall {

    private static final Logger LOG = LoggerFactory.getLogger(BlockingCall.class);

    private enum State {
        NEW,
        RUNNING,
        /** Nobody waits for it any more. */
        LEFT,
        ENDED
    }

    private final Callable<?> code;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final Sinks.Empty<Void> ended = Sinks.empty();

    BlockingCall(Callable<?> code) {
        this.code = code;
    }

    /** Runs it on the scheduler; cancelling interrupts it. */
    Invocation invocation(Scheduler scheduler) {
        // It must be known that nobody waits any more before the interrupt arrives.
        Mono<?> value = Mono.fromCallable(this::run)
                .subscribeOn(scheduler)
                .doOnCancel(this::leave)
                .doOnError(rejected -> leave());
        return new Invocation(value, ended.asMono());
    }

    private @Nullable Object run() throws Exception {
        if (!state.compareAndSet(State.NEW, State.RUNNING)) {
            return null;
        }
        try {
            return code.call();
        } catch (Throwable error) {
            if (state.get() == State.LEFT) {
                LOG.debug("blocking code ended after it was interrupted: {}", ErrorText.withoutData(error));
                return null;
            }
            if (error instanceof Error) {
                throw new JobException.HandlerBroke(error);
            }
            throw error;
        } finally {
            state.set(State.ENDED);
            ended.tryEmitEmpty();
        }
    }

    private void leave() {
        if (state.compareAndSet(State.NEW, State.ENDED)) {
            ended.tryEmitEmpty();
        } else {
            state.compareAndSet(State.RUNNING, State.LEFT);
        }
    }
}
