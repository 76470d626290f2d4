package dev.rq4j.job;

import org.jspecify.annotations.Nullable;

/**
 * One request to do a task: what {@link Task#request} makes and a queue takes.
 *
 * @param <O> what comes out
 * @param task what to do
 * @param input with what; null for nothing
 * @param options how
 */
public record JobRequest<O>(Task<?, O> task, @Nullable Object input, JobOptions options) {

    /** Names the task and never the input: payloads do not belong in logs. */
    @Override
    public String toString() {
        return "JobRequest[" + task + "]";
    }
}
