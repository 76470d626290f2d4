package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Calls code of the application's that returns a {@code Mono}, so that whatever it throws becomes a signal. */
final class Guard {

    private Guard() {}

    /**
     * Returns a {@code Mono} that calls the code and runs what it returns, once for each subscription.
     *
     * <p>Errors that Reactor takes for fatal it throws on and never signals, which would leave the job without an end. They
     * are caught here as far as the thread of this call goes; what an operator throws on another thread is out of reach.
     */
    static <O> Mono<O> of(String who, Callable<? extends @Nullable Mono<? extends O>> code) {
        return Mono.create(sink -> {
            try {
                Mono<? extends O> work =
                        Objects.requireNonNull(code.call(), () -> "the " + who + " returned null, not a Mono");
                sink.onDispose(
                        work.subscribe(sink::success, sink::error, sink::success, Context.of(sink.contextView())));
            } catch (Throwable thrown) {
                sink.error(thrown instanceof Error ? new JobException.HandlerBroke(thrown) : thrown);
            }
        });
    }
}
