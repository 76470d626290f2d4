package dev.rq4j.job;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs that share a key may run, across all queues and workers. Jobs over the limit wait, first come first
 * served within the key; for a rate that holds within each queue: one that is paused, or whose workers are busy, holds up
 * no other queue of the same key.
 *
 * <p>A job can have one limit of each kind. It takes up no room of the one while it waits for a start of the other, and
 * asks for that room anew when it is its turn.
 *
 * @param key what the jobs share: 1 to 200 characters, without colons, braces, spaces and control characters
 * @param count how many, 1 to 1,000,000
 * @param period in which time that many may start; null when that many may be queued and running at once
 */
public record RateLimit(String key, int count, @Nullable Duration period) {

    private static final Pattern KEY = Pattern.compile("[^:{}\\s\\p{Cc}\\p{Z}\\p{Cf}\\p{Cs}]{1,200}");
    private static final int MAX_COUNT = 1_000_000;

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public RateLimit {
        Checks.demand(
                KEY.matcher(Checks.given("the key of a limit", key)).matches(),
                "the key of a limit must be 1 to 200 characters without : { } and spaces, but was " + Names.shown(key));
        Checks.within("the count of a limit", 1, MAX_COUNT, count);
        if (period != null) {
            period = Checks.positive("the period of a limit", Duration.ofDays(366), period);
        }
    }

    /**
     * Lets at most this many jobs of the key be queued and running at once; this is what Python RQ 3.0 knows as a rate
     * limit. The count of the job enqueued last holds for all.
     */
    public static RateLimit concurrency(String key, int count) {
        return new RateLimit(key, count, null);
    }

    /** Lets at most this many jobs of the key start in any period of this length, up to 366 days. */
    public static RateLimit rate(String key, int count, Duration period) {
        return new RateLimit(key, count, period);
    }

    /** Returns whether it limits how many start in a period, and not how many there are at once. */
    public boolean isRate() {
        return period != null;
    }
}
