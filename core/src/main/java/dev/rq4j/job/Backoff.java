package dev.rq4j.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How the intervals between attempts grow.
 *
 * @param first the first interval, up to a year; zero tries again at once
 * @param cap the interval after which they grow no more
 */
public record Backoff(Duration first, Duration cap) {

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Backoff {
        first = Checks.notNegative("the first interval of a backoff", Checks.YEAR, first);
        cap = Checks.notNegative("the cap of a backoff", Checks.YEAR, cap);
        Checks.demand(
                cap.compareTo(first) >= 0,
                "the cap of a backoff must not be shorter than its first interval of " + first + ", but was " + cap);
    }

    /** Returns intervals that begin with the first and double until they reach the cap. */
    public static Backoff exponential(Duration first, Duration cap) {
        Checks.positive("the first interval of a backoff", Checks.YEAR, first);
        return new Backoff(first, cap);
    }

    /** Returns intervals that are all the same. */
    public static Backoff fixed(Duration interval) {
        return new Backoff(interval, interval);
    }

    /** Returns the intervals of this many retries in order; there are fewer when the last one repeats from there on. */
    List<Duration> intervals(int times) {
        List<Duration> intervals = new ArrayList<>();
        Duration next = first;
        while (intervals.size() < Math.min(times, Checks.MAX_INTERVALS) - 1 && next.compareTo(cap) < 0) {
            intervals.add(next);
            next = next.multipliedBy(2);
        }
        intervals.add(next.compareTo(cap) < 0 ? next : cap);
        return intervals;
    }
}
