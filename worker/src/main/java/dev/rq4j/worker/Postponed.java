package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import dev.rq4j.job.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a handler ends its run with when the job is to be run again later: neither a success nor a failure. Blocking code
 * throws it; other handlers return {@link JobContext#retry} or {@link JobContext#snooze}, which signal it. It has no stack
 * trace.
 */
public final class Postponed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** As for the delay of a job. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final transient @Nullable RetryPolicy policy;
    private final transient Duration delay;

    private Postponed(String message, @Nullable RetryPolicy policy, Duration delay) {
        super(message, null, false, false);
        this.policy = policy;
        this.delay = delay;
    }

    /**
     * Asks for another attempt, as RQ's functions do that return a {@code Retry}: after the intervals of this policy, and as
     * often as it says. These are counted apart from the retries of failures, over all runs of the job. Once it has asked
     * more often, the job has failed. Which errors the policy is for does not matter.
     */
    public static Postponed retry(RetryPolicy policy) {
        if (policy == null) {
            throw new JobException.Invalid("a retry needs a policy, but it was null");
        }
        return new Postponed("asks for another attempt", policy, Duration.ZERO);
    }

    /**
     * Puts the job off for this long, up to ten years. Nothing is counted and nothing recorded, so it can be done for ever.
     *
     * @throws JobException.Invalid when the time is not positive, or longer
     */
    public static Postponed snooze(Duration delay) {
        if (delay.isNegative() || delay.isZero() || delay.compareTo(LONGEST) > 0) {
            throw new JobException.Invalid("a job can be put off (snooze) for some time up to " + LONGEST.toDays()
                    + " days, but this was " + delay);
        }
        return new Postponed("is put off for " + delay, null, delay);
    }

    /** Returns what is to be written. */
    Ending ending() {
        return policy == null ? new Ending.Snoozed(delay) : new Ending.RetryAsked(policy);
    }
}
