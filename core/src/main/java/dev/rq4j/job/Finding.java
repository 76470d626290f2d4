package dev.rq4j.job;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something in a namespace that cannot be right, as an audit has found it. No payload, and nothing else of what a job
 * carries, is in it.
 *
 * @param kind what is wrong
 * @param subject the id of the job, or the name of the worker or unique key, that it is about
 * @param key the key of Redis in which it was found
 * @param queue the queue that it has to do with; null if there is none
 * @param sentence all of it in words, to be logged or shown
 */
public record Finding(
        Kind kind, String subject, String key, @Nullable String queue, String sentence) {

    /** What can be wrong. */
    public enum Kind {
        /** A job is neither in its queue nor in any registry: nobody will ever run it, or remove it. */
        IN_NO_PLACE,
        /** A job is where it belongs, and somewhere else. */
        IN_TWO_PLACES,
        /** A job is in another place than its status says. */
        MISPLACED,
        /** A job is started, and nobody has a lease on it. */
        WITHOUT_LEASE,
        /** A lease that is over, of a job that is gone or not held by it. */
        LEASE_LEFT,
        /** An entry of a list, a registry or the dependents of a job, and there is no such job. */
        ENTRY_LEFT,
        /** A job that Python took off its queue, or was to put there, and nobody does. */
        HELD_BY_NOBODY,
        /** Results, a log, dependents or dependencies of a job that is gone, or what is written to it since. */
        LEFT_BEHIND,
        /** A key without a time to live, and nobody asked for that. */
        KEPT_FOR_EVER,
        /** A job that is yet to end, and that goes before. */
        GOES_EARLY,
        /** A worker that is listed and gone. */
        WORKER_LEFT,
        /** A job waits in a queue that is not on the list of queues. */
        QUEUE_NOT_LISTED,
        /** A unique key that no job needs. */
        UNIQUE_KEY_LEFT;

        /** Returns the name by which scripts know it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads the name that a script says. */
        public static Kind ofWire(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }

    @Override
    public String toString() {
        return kind + ": " + sentence;
    }
}
