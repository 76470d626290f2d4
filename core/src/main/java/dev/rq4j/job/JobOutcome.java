package dev.rq4j.job;

import org.jspecify.annotations.Nullable;

/**
 * How one of several jobs ended.
 *
 * @param <O> what comes out
 * @param job the id of the job
 * @param value what it returned; null when it returned nothing, and when it did not end well
 * @param error why there is no value, as {@code JobHandle.result()} signals it; null when the job ended well
 */
public record JobOutcome<O>(JobId job, @Nullable O value, JobException.@Nullable OfJob error) {

    /** Returns whether the job ended well. */
    public boolean isSuccess() {
        return error == null;
    }

    /** Names the job and how it ended, and never what it returned. */
    @Override
    public String toString() {
        return "JobOutcome[" + job + " "
                + (error == null ? "finished" : error.getClass().getSimpleName()) + "]";
    }
}
