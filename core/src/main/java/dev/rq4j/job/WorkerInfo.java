package dev.rq4j.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a worker, in Java or in Python, lets others know of itself. What it does not tell, or cannot be read, is null.
 *
 * @param name its name
 * @param state what it does
 * @param queues the queues that it serves
 * @param host the machine that it runs on
 * @param pid its process there
 * @param version of what it is made
 * @param born when it began, by its clock
 * @param heartbeat when it gave its last sign of life, by its clock
 * @param running how many jobs it runs; of more than a thousand it tells a thousand
 * @param currentJob one of them
 * @param totals what it has done
 */
public record WorkerInfo(
        String name,
        State state,
        List<String> queues,
        @Nullable String host,
        @Nullable Long pid,
        @Nullable String version,
        @Nullable Instant born,
        @Nullable Instant heartbeat,
        int running,
        @Nullable JobId currentJob,
        Totals totals) {

    /** Copies the list. */
    public WorkerInfo {
        queues = List.copyOf(queues);
    }

    /**
     * What a worker has done since it began.
     *
     * @param finished how many jobs ended well
     * @param failed how many did not
     * @param worked for how long all of them ran together
     */
    public record Totals(long finished, long failed, Duration worked) {}

    /** What a worker does. The names on the wire are those of Python RQ. */
    public enum State {
        /** It has begun and done nothing yet. */
        STARTED,
        /** It waits for jobs. */
        IDLE,
        /** It runs jobs. */
        BUSY,
        /** It takes no jobs, since it was told so, or since all work is suspended; one of ours may still run some. */
        SUSPENDED,
        /** A state that this version does not know, or none. */
        UNKNOWN;

        /** Returns the name that the worker's hash carries. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads a state leniently: what is not known is {@link #UNKNOWN}, never an error. */
        public static State ofWire(@Nullable String name) {
            for (State state : values()) {
                if (state.wireName().equals(name)) {
                    return state;
                }
            }
            return UNKNOWN;
        }
    }
}
