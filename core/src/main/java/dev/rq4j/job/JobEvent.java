package dev.rq4j.job;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who listens is told: that something happened to a job, or that he missed something. At each
 * {@link Missed}, who needs to be right looks for himself; what follows it is newer than what he then sees, or in it.
 */
public sealed interface JobEvent {

    /** Returns the name of the queue. */
    String queue();

    /** Returns when it was received, by the clock of this machine. */
    Instant received();

    /**
     * Something happened to a job.
     *
     * @param job the job
     * @param queue the name of the queue that the job was in then
     * @param type what happened
     * @param detail what was said with it; null for nothing
     * @param received when this was received
     */
    record Happened(
            JobId job, String queue, Type type, @Nullable String detail, Instant received) implements JobEvent {}

    /**
     * Events that happened, or may have, and were not told.
     *
     * @param queue the name of the queue
     * @param count how many, {@link #UNKNOWN} when nobody knows
     * @param received when that was noticed
     */
    record Missed(String queue, long count, Instant received) implements JobEvent {

        /** A count that nobody knows: none, or any number. */
        public static final long UNKNOWN = -1;
    }

    /** What can happen to a job. */
    enum Type {
        /** It waits in its queue. */
        QUEUED(JobStatus.QUEUED),
        /** It waits for its time. */
        SCHEDULED(JobStatus.SCHEDULED),
        /** It waits for other jobs to end. */
        DEFERRED(JobStatus.DEFERRED),
        /** It waits for a limit to allow it. */
        LIMITED(JobStatus.RATE_LIMITED),
        /** A worker runs it. */
        STARTED(JobStatus.STARTED),
        /** It runs and says how far it is; the detail is what it says. */
        PROGRESS(JobStatus.STARTED),
        /** It ended well. */
        FINISHED(JobStatus.FINISHED),
        /** It ended with an error. */
        FAILED(JobStatus.FAILED),
        /** It was stopped while it ran. */
        STOPPED(JobStatus.STOPPED),
        /** It was taken back before it ended. */
        CANCELED(JobStatus.CANCELED),
        /** It is gone: deleted, or found missing by somebody who looked. */
        DELETED(null),
        /** It is gone: it was not started within its time to live. */
        EXPIRED(null),
        /** It failed and is to run again. */
        RETRIED(null),
        /** Its worker gave it back unrun. */
        RELEASED(JobStatus.QUEUED),
        /** Its worker died, and it waits in its queue again. */
        RECOVERED(JobStatus.QUEUED),
        /** It was put into another queue; the detail is its name. */
        MOVED(null),
        /** Something that this version does not know, said by a newer one. */
        UNKNOWN(null);

        private final @Nullable JobStatus status;

        Type(@Nullable JobStatus status) {
            this.status = status;
        }

        /** Returns the status that a job has after this; null when it is gone, or when this does not say. */
        public @Nullable JobStatus status() {
            return status;
        }

        /** Returns whether nothing more happens to the job by itself. */
        public boolean isTerminal() {
            return this == DELETED || this == EXPIRED || (status != null && status.isTerminal());
        }

        /** Returns the word that messages have for it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads a word leniently: what is not known is {@link #UNKNOWN}, never an error. */
        public static Type ofWire(String word) {
            for (Type type : values()) {
                if (type.wireName().equals(word)) {
                    return type;
                }
            }
            return UNKNOWN;
        }

        /** Returns how a job came to be in this status, as far as the status says. */
        public static Type of(JobStatus status) {
            for (Type type : values()) {
                if (type.status == status) {
                    return type;
                }
            }
            return UNKNOWN;
        }
    }
}
