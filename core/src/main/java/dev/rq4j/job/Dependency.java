package dev.rq4j.job;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The jobs that a job waits for. They may be in other queues of the same prefix.
 *
 * @param ids the ids of these jobs, each once, at most 10,000; none waits for nothing
 * @param onFailure what becomes of the job when one of them fails, is stopped, canceled or deleted, or expires
 * @param toFront whether the job goes to the front of its queue when the last of them has ended
 */
public record Dependency(List<JobId> ids, OnParentFailure onFailure, boolean toFront) {

    static final Dependency NONE = on();

    /** How many jobs one can wait for. */
    public static final int MAX_IDS = 10_000;

    /** What becomes of a job when one that it waits for ends badly. */
    public enum OnParentFailure {
        /**
         * It goes on waiting, as in Python RQ: a failed job can be queued again. When that job is gone for good, this one is
         * canceled.
         */
        WAIT,
        /** It is canceled, and so are those that wait for it in the same way. */
        CANCEL,
        /** It runs all the same, once the others have ended too. */
        RUN
    }

    /** Refuses too many, with {@link JobException.Invalid}. */
    public Dependency {
        ids = List.copyOf(new LinkedHashSet<>(ids));
        Checks.demand(
                ids.size() <= MAX_IDS, "dependsOn takes at most " + MAX_IDS + " jobs, but there are " + ids.size());
    }

    /** Waits until all these jobs have finished. */
    public static Dependency on(JobId... ids) {
        return on(List.of(ids));
    }

    /** Waits until all these jobs have finished. */
    public static Dependency on(Collection<JobId> ids) {
        return new Dependency(List.copyOf(ids), OnParentFailure.WAIT, false);
    }

    /** Runs even when some of them end badly; the default is to go on waiting. */
    public Dependency allowFailure() {
        return new Dependency(ids, OnParentFailure.RUN, toFront);
    }

    /** Cancels the job when one of them ends badly; the default is to go on waiting. */
    public Dependency cancelOnFailure() {
        return new Dependency(ids, OnParentFailure.CANCEL, toFront);
    }

    /** Puts the job at the front of its queue when the last of them has ended. Default: at the back. */
    public Dependency atFront() {
        return new Dependency(ids, onFailure, true);
    }

    /** Returns the ids of both with the flags of the other. */
    Dependency and(Dependency other) {
        Set<JobId> all = new LinkedHashSet<>(ids);
        all.addAll(other.ids);
        return new Dependency(List.copyOf(all), other.onFailure, other.toFront);
    }

    /** Returns these ids and more with the same flags. */
    Dependency and(JobId... more) {
        return and(new Dependency(List.of(more), onFailure, toFront));
    }
}
