package dev.rq4j.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long and how often a job runs.
 *
 * @param timeout how long one attempt may run; null for no limit
 * @param maxRecoveries how often the job is queued again after its worker died; null for what the worker says
 * @param retry whether it runs again after it failed; null for no
 * @param repeat how often it runs again after it succeeded; null for never
 * @param limits how many jobs of a key may run; at most one for all at once and one for a period
 */
public record Running(
        @Nullable Duration timeout,
        @Nullable Integer maxRecoveries,
        @Nullable RetryPolicy retry,
        @Nullable Repeat repeat,
        List<RateLimit> limits) {

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Running {
        if (timeout != null) {
            Checks.demand(
                    !timeout.isNegative() && !timeout.isZero(),
                    "a timeout must be positive, but was " + timeout + "; use noTimeout() for no limit");
            timeout = Checks.wholeSeconds(Checks.positive("a timeout", Checks.CENTURY, timeout));
        }
        Checks.demand(
                maxRecoveries == null || maxRecoveries >= 0,
                "maxRecoveries must not be negative, but was " + maxRecoveries);
        limits = List.copyOf(limits);
    }

    /** Returns the limits with this one in the place of the one of its kind. */
    static List<RateLimit> with(List<RateLimit> limits, RateLimit limit) {
        List<RateLimit> changed = new ArrayList<>(limits);
        changed.removeIf(other -> other.isRate() == limit.isRate());
        changed.add(limit);
        return List.copyOf(changed);
    }
}
