package dev.rq4j.job;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a job is in its life. The names on the wire are those of Python RQ. */
public enum JobStatus {
    /** Known, and not put anywhere yet. */
    CREATED,
    /** Waits in its queue. */
    QUEUED,
    /** A worker runs it. */
    STARTED,
    /** Ended well; its result, which may be none, is kept for as long as its retention says. */
    FINISHED,
    /** Ended with an error. */
    FAILED,
    /** Waits for other jobs to end. */
    DEFERRED,
    /** Waits for its time. */
    SCHEDULED,
    /** Was stopped while it ran. */
    STOPPED,
    /** Was taken back before it ended. */
    CANCELED,
    /** Waits for a rate limit to allow it (RQ 3). */
    RATE_LIMITED,
    /** Its dependencies are met and it is about to be queued (RQ 3). */
    READY_TO_ENQUEUE,
    /** A status that this version does not know, written by somebody else. */
    UNKNOWN;

    /** Returns the name that the job's hash carries. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether a job in this status has ended and will not move by itself. */
    public boolean isTerminal() {
        return this == FINISHED || this == FAILED || this == STOPPED || this == CANCELED;
    }

    /** Reads a status leniently: what is not known is {@link #UNKNOWN}, never an error. */
    public static JobStatus ofWire(@Nullable String name) {
        for (JobStatus status : values()) {
            if (status.wireName().equals(name)) {
                return status;
            }
        }
        return UNKNOWN;
    }
}
