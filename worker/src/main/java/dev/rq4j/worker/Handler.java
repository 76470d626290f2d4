package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import dev.rq4j.job.Task;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * A task with what does it.
 *
 * @param task the task
 * @param starter makes the call
 */
record Handler<I, O>(Task<I, O> task, Starter<I> starter) {

    /** Makes one call of a handler. */
    interface Starter<I> {
        Invocation start(I input, JobContext job, Scheduler blocking);
    }

    static <I, O> Handler<I, O> of(Task<I, O> task, JobHandler<I, O> handler) {
        return new Handler<>(task, (input, job, blocking) -> new Invocation(call(handler, input, job), Mono.empty()));
    }

    static <I, O> Handler<I, O> blocking(Task<I, O> task, BlockingHandler<I, O> handler) {
        return new Handler<>(
                task,
                (input, job, blocking) -> new BlockingCall(() -> handler.handle(input, job)).invocation(blocking));
    }

    /** Makes the call; the input is whatever the codec made for the task's type. */
    @SuppressWarnings({"unchecked", "NullAway"}) // null only where the task's input is Void
    Invocation start(@Nullable Object input, JobContext job, Scheduler blocking) {
        return starter.start((I) input, job, blocking);
    }

    /**
     * Errors that Reactor takes for fatal it throws on and never signals, which would leave the job without an end. They
     * are caught here as far as the thread of this call goes; what an operator throws on another thread is out of reach.
     */
    private static <I, O> Mono<O> call(JobHandler<I, O> handler, I input, JobContext job) {
        return Mono.create(sink -> {
            try {
                Mono<? extends O> work =
                        Objects.requireNonNull(handler.handle(input, job), "the handler returned null, not a Mono");
                sink.onDispose(
                        work.subscribe(sink::success, sink::error, sink::success, Context.of(sink.contextView())));
            } catch (Throwable thrown) {
                sink.error(thrown instanceof Error ? new JobException.HandlerBroke(thrown) : thrown);
            }
        });
    }
}
