package dev.rq4j.job;

import dev.rq4j.job.Dependency.OnParentFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job that runs when another has ended in one way, and goes without a trace once that one can no longer end so. It is
 * enqueued in the same step.
 *
 * @param when the end that it is for: finished, failed or stopped
 * @param queue the name of its queue; null for that of the other job
 * @param request what is to be done
 */
public record Callback(JobStatus when, @Nullable String queue, JobRequest<?> request) {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_COUNT = 256;

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Callback {
        Checks.demand(
                when == JobStatus.FINISHED || when == JobStatus.FAILED || when == JobStatus.STOPPED,
                "a callback is for a job that is finished, failed or stopped, but was for " + when.wireName());
        Checks.demand(
                request.options().identity().id() == null,
                "a callback gets a random id, but was asked to have the id "
                        + request.options().identity().id());
        if (queue != null) {
            Names.queue(queue);
        }
    }

    /** Refuses callbacks of callbacks without end: all of them are enqueued in one step. */
    static List<Callback> checked(List<Callback> callbacks) {
        int depth = depth(callbacks);
        Checks.demand(
                depth <= MAX_DEPTH,
                "callbacks may have callbacks " + MAX_DEPTH + " deep, but these are " + depth + " deep");
        long count = count(callbacks);
        Checks.demand(
                count <= MAX_COUNT,
                "a job may have " + MAX_COUNT + " callbacks, with those of its callbacks, but there are " + count);
        return List.copyOf(callbacks);
    }

    private static int depth(List<Callback> callbacks) {
        return callbacks.stream()
                .mapToInt(callback -> 1 + depth(callback.ofItsOwn()))
                .max()
                .orElse(0);
    }

    private static long count(List<Callback> callbacks) {
        return callbacks.stream()
                .mapToLong(callback -> 1 + count(callback.ofItsOwn()))
                .sum();
    }

    /** Returns the request as a job that waits for this one, whatever way it ends, and for those it waits for anyhow. */
    public JobRequest<?> after(JobId parent) {
        return following(request, parent);
    }

    private static <O> JobRequest<O> following(JobRequest<O> request, JobId parent) {
        JobOptions options = request.options();
        Relations own = options.relations();
        // It runs however the others end: what decides is how this one does.
        Dependency parents = new Dependency(
                        List.of(parent), OnParentFailure.RUN, own.parents().toFront())
                .and(own.parents().ids().toArray(JobId[]::new));
        return new JobRequest<>(
                request.task(),
                request.input(),
                new JobOptions(
                        options.identity(),
                        options.timing(),
                        options.running(),
                        options.keeping(),
                        new Relations(parents, own.inputFrom(), own.callbacks(), own.webhooks()),
                        options.labels()));
    }

    private List<Callback> ofItsOwn() {
        return request.options().relations().callbacks();
    }
}
