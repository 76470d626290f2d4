package dev.rq4j.worker;

import org.jspecify.annotations.Nullable;

/**
 * A {@link BlockingHandler} that needs nothing but its input.
 *
 * @param <I> what goes in
 * @param <O> what comes out
 */
@FunctionalInterface
public interface BlockingFunction<I, O> {

    /**
     * Does the work and returns the result, null for none.
     *
     * @throws Exception anything, which fails the job
     */
    @Nullable
    O apply(I input) throws Exception;
}
