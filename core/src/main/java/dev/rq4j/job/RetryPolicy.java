package dev.rq4j.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Whether and when a job runs again after an attempt failed, ran out of time or lost its worker for good. Immutable.
 *
 * @param times how often at most, 1 to 1000; the first attempt is not counted
 * @param intervals how long to wait before each retry, up to a year, at most 100; the last one repeats
 * @param jitter by up to which part, 0 to 1, an interval is varied at random in both directions
 * @param errors which errors it is for; the others fail the job at once
 * @param toFront whether the job goes to the front of its queue then
 */
public record RetryPolicy(int times, List<Duration> intervals, double jitter, ErrorFilter errors, boolean toFront) {

    private static final int MAX_TIMES = 1000;

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public RetryPolicy {
        Checks.within("the times of a retry", 1, MAX_TIMES, times);
        intervals = Checks.intervals("a retry", intervals);
        Checks.demand(jitter >= 0 && jitter <= 1, "the jitter of a retry must be 0 to 1, but was " + jitter);
    }

    /** Retries at most this often, at once, and at the back of the queue. */
    public static RetryPolicy times(int times) {
        return new RetryPolicy(times, List.of(Duration.ZERO), 0, ErrorFilter.ANY, false);
    }

    /** Waits this long before the first retry, the second and so on; the last interval repeats. */
    public RetryPolicy intervals(Duration... intervals) {
        return new RetryPolicy(times, Arrays.asList(intervals), jitter, errors, toFront);
    }

    /** Waits this long before every retry. */
    public RetryPolicy fixed(Duration interval) {
        return backoff(Backoff.fixed(interval));
    }

    /** Waits this long before the first retry and twice as long before each next, until it is the cap. */
    public RetryPolicy exponential(Duration first, Duration cap) {
        return backoff(Backoff.exponential(first, cap));
    }

    /** Waits as the backoff says. */
    public RetryPolicy backoff(Backoff backoff) {
        return new RetryPolicy(times, backoff.intervals(times), jitter, errors, toFront);
    }

    /**
     * Varies each interval at random by up to this part of it, 0 to 1, so that jobs that failed together do not come back
     * together. Default: 0.
     */
    public RetryPolicy jitter(double part) {
        return new RetryPolicy(times, intervals, part, errors, toFront);
    }

    /** Retries only errors of these classes and those below them. Default: any. */
    public RetryPolicy onlyFor(Class<?>... classes) {
        return new RetryPolicy(times, intervals, jitter, errors.withOnly(classes), toFront);
    }

    /** Fails the job at once for errors of these classes and those below them, whatever {@link #onlyFor} says. */
    public RetryPolicy neverFor(Class<?>... classes) {
        return new RetryPolicy(times, intervals, jitter, errors.withNever(classes), toFront);
    }

    /** Puts the job at the front of its queue when it is to run again. Default: at the back. */
    public RetryPolicy atFront() {
        return new RetryPolicy(times, intervals, jitter, errors, true);
    }
}
