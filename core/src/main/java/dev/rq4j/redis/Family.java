package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Callback;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A job about to be enqueued and its callbacks, which are jobs that wait for it, and theirs: all in one step.
 *
 * @param jobs the job, and after it its callbacks
 */
record Family(List<NewJob> jobs) {

    static Family of(JobRequest<?> request, JobId id, String queue, PayloadCodec codec, Instant now) {
        List<NewJob> jobs = new ArrayList<>();
        jobs.add(NewJob.of(request, id, queue, codec, now));
        for (Callback callback : request.options().relations().callbacks()) {
            jobs.addAll(of(callback, id, queue, codec, now));
        }
        return new Family(jobs);
    }

    private static List<NewJob> of(Callback callback, JobId parent, String queue, PayloadCodec codec, Instant now) {
        String own = callback.queue() == null ? queue : callback.queue();
        Family family = of(callback.after(parent), JobId.random(), own, codec, now);
        NewJob first = family.jobs.get(0);
        first.directives().put("with", parent.value());
        first.fields().put("run_if", Args.bytes(callback.when().wireName()));
        return family.jobs;
    }

    void addTo(Args args) {
        jobs.forEach(job -> job.addTo(args));
    }

    long size() {
        return jobs.stream().mapToLong(NewJob::size).sum();
    }

    /**
     * Reads the answers to the jobs of all families, and returns the ids of those that were asked for. A callback whose
     * unique key is taken is not made: that is what the key is for.
     */
    static List<JobId> outcomes(List<Family> families, List<Object> answers) {
        List<JobId> ids = new ArrayList<>();
        int at = 0;
        for (Family family : families) {
            ids.add(family.jobs.get(0).outcome(answers.get(at++)));
            for (NewJob callback : family.jobs.subList(1, family.jobs.size())) {
                callback.refuseMissing(answers.get(at++));
            }
        }
        return ids;
    }
}
