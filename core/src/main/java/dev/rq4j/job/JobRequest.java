package dev.rq4j.job;

import java.util.function.Consumer;
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

    /** Refuses two inputs, with {@link JobException.Invalid}. */
    public JobRequest {
        if (input != null && options.relations().inputFrom() != null) {
            throw new JobException.Invalid(
                    "a request for " + task + " has an input, and takes it from the result of job "
                            + options.relations().inputFrom() + " as well");
        }
    }

    /** Returns this request with other options; the change starts from the present ones. */
    public JobRequest<O> with(Consumer<JobOptions.Builder> change) {
        return new JobRequest<>(task, input, options.forOneJob(change));
    }

    /** Names the task and never the input: payloads do not belong in logs. */
    @Override
    public String toString() {
        return "JobRequest[" + task + "]";
    }
}
