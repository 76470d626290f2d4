package dev.rq4j.examples.benchmark;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Three scripts that enqueue, claim and finish, called with nothing around them.
 *
 * @param <C> what is known of a job that was claimed
 */
interface Scripts<C> extends AutoCloseable {

    /** Returns how many are enqueued or finished by one call while so many are at once. */
    int together(int concurrency);

    /** Returns how many are enqueued by one call when there are many. */
    int bulk();

    /** Prepares a call, which sends it when asked to, once. */
    Supplier<CompletionStage<?>> enqueue(int jobs);

    CompletionStage<List<C>> claim(int jobs);

    CompletionStage<?> finish(List<C> claimed);

    @Override
    void close();
}
