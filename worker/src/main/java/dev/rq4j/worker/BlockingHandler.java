package dev.rq4j.worker;

import org.jspecify.annotations.Nullable;

/**
 * Does a task with ordinary, blocking code, on a thread of its own.
 *
 * @param <I> what goes in
 * @param <O> what comes out
 */
@FunctionalInterface
public interface BlockingHandler<I, O> {

    /**
     * Does the work and returns the result, null for none. Its thread is interrupted where a {@link JobHandler} would be
     * cancelled; until it returns, its slot stays taken.
     *
     * @throws Exception anything, which fails the job, or has it tried again if its retry policy says so; {@link Postponed}
     *     has it run again later
     */
    @Nullable
    O handle(I input, JobContext job) throws Exception;
}
