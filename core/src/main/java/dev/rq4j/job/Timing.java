package dev.rq4j.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a job goes into its queue, and where.
 *
 * @param delay how long after enqueueing at the earliest; null for at once
 * @param at when at the earliest; null for at once
 * @param ttl how long after enqueueing at the latest it must have started; null for any time
 * @param atFront whether it goes to the front of its queue
 */
public record Timing(
        @Nullable Duration delay,
        @Nullable Instant at,
        @Nullable Duration ttl,
        boolean atFront) {

    static final Timing DEFAULTS = new Timing(null, null, null, false);

    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("2200-01-01T00:00:00Z");

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Timing {
        Checks.demand(delay == null || at == null, "a job takes a delay or a time (at), but was given both");
        if (delay != null) {
            delay = checked(delay);
            delay = delay.isZero() ? null : delay;
        }
        if (at != null) {
            checked(at);
        }
        if (ttl != null) {
            ttl = Checks.wholeSeconds(Checks.positive("a ttl", Checks.CENTURY, ttl));
            Checks.demand(
                    delay == null || ttl.compareTo(delay) > 0,
                    "a ttl must be longer than the delay of " + delay + ", but was " + ttl);
        }
    }

    /** Returns the delay in whole milliseconds when a job can have it; refuses others with {@link JobException.Invalid}. */
    public static Duration checked(Duration delay) {
        return Checks.notNegative("a delay", Checks.TEN_YEARS, delay);
    }

    /** Returns the time when a job can have it; refuses others with {@link JobException.Invalid}. */
    public static Instant checked(Instant at) {
        Checks.given("the time of a job (at)", at);
        Checks.demand(
                at.isAfter(FIRST) && at.isBefore(LAST),
                "the time of a job (at) must be between " + FIRST + " and " + LAST + ", but was " + at);
        return at;
    }
}
