package dev.rq4j.worker;

import dev.rq4j.job.Task;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

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
        return new Handler<>(
                task,
                (input, job, blocking) ->
                        new Invocation(Guard.of("handler", () -> handler.handle(input, job)), Mono.empty()));
    }

    static <I, O> Handler<I, O> blocking(Task<I, O> task, BlockingHandler<I, O> handler) {
        return new Handler<>(
                task,
                (input, job, blocking) ->
                        each(() -> new BlockingCall(() -> handler.handle(input, job)).invocation(blocking)));
    }

    /** Makes the call; the input is whatever the codec made for the task's type. */
    @SuppressWarnings({"unchecked", "NullAway"}) // null only where the task's input is Void
    Invocation start(@Nullable Object input, JobContext job, Scheduler blocking) {
        return starter.start((I) input, job, blocking);
    }

    /** Each subscription is a call of its own, and the work has ended when all of them have. */
    private static Invocation each(Supplier<Invocation> call) {
        Queue<Mono<Void>> ends = new ConcurrentLinkedQueue<>();
        Mono<?> value = Mono.defer(() -> {
            Invocation invocation = call.get();
            ends.add(invocation.ended());
            return invocation.value();
        });
        return new Invocation(value, Mono.defer(() -> Mono.when(ends)));
    }
}
