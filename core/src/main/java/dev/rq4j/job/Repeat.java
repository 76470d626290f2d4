package dev.rq4j.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How often a job runs again after it succeeded. A failure ends it. Only the last run queues the jobs that depend on it,
 * its callbacks and its webhooks.
 *
 * @param times how often more after the first run, at least once
 * @param intervals how long to wait before each of them, in their order, up to a year, at most 100; the last one repeats
 */
public record Repeat(int times, List<Duration> intervals) {

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Repeat {
        Checks.within("the times of a repeat", 1, Integer.MAX_VALUE, times);
        intervals = Checks.intervals("a repeat", intervals);
    }

    /** Runs the job this often more, one run right after the other. */
    public static Repeat times(int times) {
        return new Repeat(times, List.of(Duration.ZERO));
    }

    /** Waits this long before the second run, the third and so on; the last interval repeats. */
    public Repeat every(Duration... intervals) {
        return new Repeat(times, Arrays.asList(intervals));
    }
}
