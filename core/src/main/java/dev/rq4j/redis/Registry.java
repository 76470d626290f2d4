package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The lists of a queue's jobs in one status, each a sorted set. */
public enum Registry {
    /** Jobs that run; members are {@code <job>:<execution>}, the score is the end of the lease. */
    STARTED("wip"),
    /** Jobs that ended well and are kept; the score is when they go. */
    FINISHED("finished"),
    /** Jobs that failed or were stopped and are kept; the score is when they go. */
    FAILED("failed"),
    /** Jobs that wait for others. */
    DEFERRED("deferred"),
    /** Jobs that wait for their time, which is the score. */
    SCHEDULED("scheduled"),
    /** Jobs that were canceled and are kept. */
    CANCELED("canceled"),
    /** Jobs that waited for others and are about to be queued, by a worker of RQ 3; the score is since when. */
    READY("ready");

    /** In seconds; {@code lib/lease.lua} says why. */
    static final int GRACE = 60;

    private final String key;

    Registry(String key) {
        this.key = key;
    }

    /** Returns the word that the key has for it. */
    String key() {
        return key;
    }

    /** Returns what the score of an entry says: a time, or null where that never comes. RQ has -1 for that, too. */
    @Nullable
    Instant time(String member, double score) {
        int colon = member.indexOf(':');
        boolean ours = this == STARTED && colon >= 0 && member.indexOf('-', colon) > colon;
        return WireTime.ofSeconds(ours ? score - GRACE : score);
    }

    /** Returns whether entries leave by themselves when their time is over. */
    public boolean isTrimmed() {
        return this == FINISHED || this == FAILED || this == CANCELED;
    }

    /** Returns the registry of jobs in this status, or signals that there is none. */
    public static Registry of(JobStatus status) {
        return switch (status) {
            case STARTED -> STARTED;
            case FINISHED -> FINISHED;
            case FAILED, STOPPED -> FAILED;
            case DEFERRED -> DEFERRED;
            case SCHEDULED -> SCHEDULED;
            case CANCELED -> CANCELED;
            case READY_TO_ENQUEUE -> READY;
            default ->
                throw new JobException.Invalid("there is no registry of jobs that are " + status.wireName()
                        + "; there is one of started, finished, failed, deferred, scheduled, canceled and ready jobs");
        };
    }
}
