package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a worker ends by itself.
 *
 * @param maxJobs after how many jobs; null for any number
 * @param maxIdleTime when nothing ran and nothing came for so long; null for any time
 */
public record Lifetime(@Nullable Long maxJobs, @Nullable Duration maxIdleTime) {

    private static final Duration LONGEST = Duration.ofDays(365);

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Lifetime {
        if (maxJobs != null && maxJobs < 1) {
            throw new JobException.Invalid("maxJobs must be 1 or more, but was " + maxJobs);
        }
        if (maxIdleTime != null
                && (maxIdleTime.isNegative() || maxIdleTime.isZero() || maxIdleTime.compareTo(LONGEST) > 0)) {
            throw new JobException.Invalid(
                    "maxIdleTime must be more than zero and 365 days at most, but was " + maxIdleTime);
        }
    }
}
