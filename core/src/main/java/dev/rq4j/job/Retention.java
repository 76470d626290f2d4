package dev.rq4j.job;

import java.time.Duration;

/**
 * How long a job and what it left behind stay in Redis once it has ended, in whole seconds as Redis and Python RQ count
 * them: 0 removes everything in the step that ends the job, -1 keeps it until somebody deletes it.
 *
 * @param seconds -1, 0, or the number of seconds
 */
public record Retention(long seconds) {

    /** What a finished job gets when nothing was asked for: 500 seconds, as in Python RQ. */
    public static final Retention RESULT_DEFAULT = new Retention(500);

    /** What a failed, stopped or canceled job gets when nothing was asked for: one year, as in Python RQ. */
    public static final Retention FAILURE_DEFAULT = new Retention(31_536_000);

    /** Redis refuses an expiry that overflows its clock in milliseconds. */
    private static final long LONGEST = 100L * 365 * 24 * 3600;

    /** Refuses what Redis cannot keep, with {@link JobException.Invalid}. */
    public Retention {
        if (seconds < -1 || seconds > LONGEST) {
            throw notKept(seconds + " s");
        }
    }

    /**
     * Returns the retention for this long. A fraction of a second is rounded up, so that nothing goes earlier than
     * asked; zero is {@link #none()}.
     */
    public static Retention of(Duration duration) {
        if (Checks.given("a retention", duration).isNegative()) {
            throw new JobException.Invalid(
                    "a retention must not be negative, but was " + duration + "; use Retention.forever() to keep");
        }
        long seconds = duration.toSeconds();
        if (seconds > LONGEST) {
            throw notKept(duration.toString());
        }
        return new Retention(duration.toNanosPart() == 0 ? seconds : seconds + 1);
    }

    private static JobException notKept(String came) {
        return new JobException.Invalid(
                "a retention must be -1 (for ever), 0 (nothing is kept) or up to 100 years, but was " + came);
    }

    /** Keeps nothing: every key of the job goes in the step that ends it. */
    public static Retention none() {
        return new Retention(0);
    }

    /** Keeps everything until somebody deletes it. */
    public static Retention forever() {
        return new Retention(-1);
    }

    /** Returns whether nothing is kept. */
    public boolean isNone() {
        return seconds == 0;
    }

    /** Returns whether everything is kept until somebody deletes it. */
    public boolean isForever() {
        return seconds == -1;
    }

    @Override
    public String toString() {
        return isForever() ? "for ever" : seconds + " s";
    }
}
