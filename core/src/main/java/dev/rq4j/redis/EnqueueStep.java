package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/**
 * What is enqueued in one step: the next of many requests that make up a batch, written and ready to be sent.
 *
 * @param requests what was asked for
 * @param families what is enqueued for each
 * @param args what the script is called with
 */
record EnqueueStep(List<JobRequest<?>> requests, List<Family> families, Args args) {

    /**
     * Writes the steps of a batch, each when it is asked for: of large jobs no more are written than are sent. Signals
     * {@link dev.rq4j.job.JobException.Invalid} for what {@link BatchOrder} refuses, and what the writing throws.
     *
     * @param begun arguments that have what comes before the jobs
     */
    static Flux<EnqueueStep> of(
            List<? extends JobRequest<?>> batch, Function<JobRequest<?>, Family> writing, Supplier<Args> begun) {
        if (batch.isEmpty()) {
            return Flux.empty();
        }
        BatchOrder.check(batch);
        return Flux.generate(batch::iterator, (left, steps) -> {
            steps.next(next(left, writing, begun.get()));
            if (!left.hasNext()) {
                steps.complete();
            }
            return left;
        });
    }

    private static EnqueueStep next(
            Iterator<? extends JobRequest<?>> requests, Function<JobRequest<?>, Family> writing, Args args) {
        EnqueueStep step = new EnqueueStep(new ArrayList<>(), new ArrayList<>(), args);
        FullBatch full = new FullBatch();
        boolean more;
        do {
            JobRequest<?> request = requests.next();
            Family family = writing.apply(request);
            step.requests.add(request);
            step.families.add(family);
            family.addTo(args);
            more = !full.test(family) && requests.hasNext();
        } while (more);
        return step;
    }

    /** Returns whatever this makes of the id and the request of each job; throws what {@link Family#outcomes} throws. */
    <T> List<T> outcomes(List<Object> answers, BiFunction<JobId, JobRequest<?>, T> of) {
        List<JobId> ids = Family.outcomes(families, answers);
        List<T> outcomes = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            outcomes.add(of.apply(ids.get(i), requests.get(i)));
        }
        return outcomes;
    }
}
