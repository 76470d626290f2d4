package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Callback;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A job about to be enqueued and those that come with it, all in one step: its callbacks, which are jobs that wait for
 * it, and theirs; and the other jobs of a chain with theirs.
 *
 * @param jobs the job, and after it those that come with it
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

    /** Jobs of which each comes with the one before: all of them are enqueued, or none. */
    static Family ofChain(List<Placed> links, PayloadCodec codec, Instant now) {
        List<NewJob> jobs = new ArrayList<>();
        JobId before = null;
        for (Placed link : links) {
            Family family = of(link.request(), link.id(), link.queue(), codec, now);
            if (before != null) {
                family.jobs.get(0).directives().put("with", before.value());
                family.jobs.get(0).directives().put("whole", "1");
            }
            jobs.addAll(family.jobs);
            before = link.id();
        }
        return new Family(jobs);
    }

    /** A job that waits also for all jobs of a group, however they end. */
    static Family afterGroup(String group, Placed job, PayloadCodec codec, Instant now) {
        Family family = of(job.request(), job.id(), job.queue(), codec, now);
        NewJob first = family.jobs.get(0);
        first.directives().put("after_group", group);
        JobFields.runAnyway(first.fields());
        return family;
    }

    void addTo(Args args) {
        jobs.forEach(job -> job.addTo(args));
    }

    long size() {
        long size = 0;
        for (NewJob job : jobs) {
            size += job.size();
        }
        return size;
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
                callback.throwIfImpossible(answers.get(at++));
            }
        }
        return ids;
    }

    /** Reads the answers to its jobs as {@link #outcomes} does, and returns the id of the one that was asked for. */
    JobId outcome(List<Object> answers) {
        return outcomes(List.of(this), answers).get(0);
    }

    /** Returns its size, or that of a whole batch where the script may be long at it. */
    long weight() {
        for (NewJob job : jobs) {
            if (job.replaces()) {
                return Batcher.MOST_BYTES;
            }
        }
        return size();
    }

    /** Returns how many jobs there are in all of them. */
    static int count(List<Family> families) {
        int count = 0;
        for (Family family : families) {
            count += family.jobs.size();
        }
        return count;
    }

    /** Returns the answers to the jobs of each family. */
    static List<List<Object>> apart(List<Family> families, List<Object> answers) {
        List<List<Object>> apart = new ArrayList<>(families.size());
        int at = 0;
        for (Family family : families) {
            apart.add(answers.subList(at, at + family.jobs.size()));
            at += family.jobs.size();
        }
        return apart;
    }

    /** Reads the answers to the jobs of a chain: either all are there, or the first of them says why not. */
    void refuseExisting(List<Object> answers) {
        for (int i = 0; i < jobs.size(); i++) {
            // Only a callback may be left out.
            if (jobs.get(i).directives().get("with") == null
                    || jobs.get(i).directives().get("whole") != null) {
                jobs.get(i).refuseExisting(answers.get(i));
            }
        }
    }
}
