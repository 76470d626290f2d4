package dev.rq4j.examples.benchmark;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends so many requests with so many under way: each answer sends the next. */
final class Pipeline {

    private final Supplier<CompletionStage<?>> request;
    private final AtomicInteger toSend;
    private final AtomicInteger unanswered;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private Pipeline(int count, Supplier<CompletionStage<?>> request) {
        this.request = request;
        this.toSend = new AtomicInteger(count);
        this.unanswered = new AtomicInteger(count);
    }

    /** Waits until all are answered. */
    static void run(int count, int concurrency, Supplier<CompletionStage<?>> request) {
        Pipeline pipeline = new Pipeline(count, request);
        for (int i = 0; i < concurrency; i++) {
            pipeline.send();
        }
        pipeline.done.join();
    }

    private void send() {
        if (toSend.getAndDecrement() > 0) {
            request.get().whenComplete((answer, error) -> answered(error));
        }
    }

    private void answered(@Nullable Throwable error) {
        if (error != null) {
            done.completeExceptionally(error);
        } else if (unanswered.decrementAndGet() == 0) {
            done.complete(null);
        } else {
            send();
        }
    }
}
