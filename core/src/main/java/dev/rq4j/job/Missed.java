package dev.rq4j.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What becomes of the runs of a cron entry that nobody was there for. A run is missed when its time passed more than a
 * minute ago, or when a later run of the same entry is due as well.
 *
 * @param atMost how many runs are made up for: 0 for none, otherwise the newest so many, one job each
 */
public record Missed(int atMost) {

    /** No more can be made up for: as many as the history of an entry keeps. */
    public static final int MOST = 1000;

    private static final Duration LATE = Duration.ofMinutes(1);

    /** Refuses what is not 0 to 1000 with {@link JobException.Invalid}. */
    public Missed {
        if (atMost < 0 || atMost > MOST) {
            throw new JobException.Invalid("0 to " + MOST + " missed runs can be made up for, but not " + atMost);
        }
    }

    /** Lets them go: only the newest run is made, and only while it is not missed. */
    public static Missed skip() {
        return new Missed(0);
    }

    /** Makes one run for all of them. */
    public static Missed one() {
        return new Missed(1);
    }

    /** Makes the newest of them, one job each, and at most so many, up to 1000. */
    public static Missed all(int atMost) {
        if (atMost < 1) {
            throw new JobException.Invalid("all missed runs, at most so many, must be 1 or more, but was " + atMost);
        }
        return new Missed(atMost);
    }

    /** Returns which runs to make now, the oldest first, when this one and perhaps later ones are due. */
    public List<Instant> runs(Schedule schedule, Instant due, Instant now) {
        List<Instant> newest = schedule.due(due, now, Math.max(atMost, 1));
        boolean late = newest.stream().allMatch(run -> run.plus(LATE).isBefore(now));
        return atMost == 0 && late ? List.of() : newest;
    }
}
