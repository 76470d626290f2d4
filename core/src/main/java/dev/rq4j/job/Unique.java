package dev.rq4j.job;

import dev.rq4j.job.JobOptions.IfExists;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps jobs from doing the same thing twice: one job at a time holds the key.
 *
 * @param key what names the thing to be done: 1 to 200 whole characters, without control characters
 * @param within how long the key is held from enqueueing on, however the job ends; null until the job has ended
 * @param ifTaken what to do when another job holds the key
 */
public record Unique(String key, @Nullable Duration within, IfExists ifTaken) {

    private static final int MAX_LENGTH = 200;

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Unique {
        Checks.demand(
                !Checks.given("a unique key", key).isEmpty()
                        && key.length() <= MAX_LENGTH
                        && key.chars().noneMatch(Character::isISOControl)
                        && Names.isWhole(key),
                "a unique key must be 1 to " + MAX_LENGTH + " whole characters without control characters, but was "
                        + Names.shown(key));
        Checks.given("ifTaken", ifTaken);
        if (within != null) {
            within = Checks.positive("the time of a unique key", Checks.TEN_YEARS, within);
        }
    }

    /** Holds the key until the job has ended, in whatever way; a second job is refused meanwhile. */
    public static Unique untilEnded(String key) {
        return new Unique(key, null, IfExists.REFUSE);
    }

    /** Holds the key for this long from enqueueing on, whether the job has ended or not; a second one is refused. */
    public static Unique within(String key, Duration time) {
        return new Unique(key, time, IfExists.REFUSE);
    }

    /**
     * Lets the last of many win: each new job replaces the one that waits. With a delay this is a debounce, which runs once
     * things have been quiet for that long: {@code job.unique(Unique.debounce("index-42")).delay(ofSeconds(5))}.
     */
    public static Unique debounce(String key) {
        return untilEnded(key).ifTaken(IfExists.REPLACE);
    }

    /**
     * Says what to do when another job holds the key. {@link IfExists#REPLACE} replaces a job that waits; one that runs is
     * left alone, and the new one queues behind it and takes the key. Default: {@link IfExists#REFUSE}.
     */
    public Unique ifTaken(IfExists ifTaken) {
        return new Unique(key, within, ifTaken);
    }
}
