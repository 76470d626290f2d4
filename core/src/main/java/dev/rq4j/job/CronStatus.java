package dev.rq4j.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What Redis said about a cron entry at one moment.
 *
 * @param name what it is known by
 * @param schedule when it runs; null when this JVM cannot read it, a time zone that it does not know for one
 * @param queue the queue that its jobs go to
 * @param task the name of what its jobs are to do
 * @param missed what becomes of runs that nobody was there for
 * @param overlap what it does while its last job waits or runs
 * @param paused whether it is paused
 * @param runs what it has done and is to do
 */
public record CronStatus(
        String name,
        @Nullable Schedule schedule,
        String queue,
        String task,
        Missed missed,
        Overlap overlap,
        boolean paused,
        Runs runs) {

    /**
     * The runs of a cron entry.
     *
     * @param next when it runs next; null while it is paused
     * @param last the run that its last job was made for; null when there was none
     * @param lastJob the id of its last job
     * @param made how many jobs it made
     * @param skipped how many it left out since the last one had not ended, or another job had their unique key
     */
    public record Runs(
            @Nullable Instant next,
            @Nullable Instant last,
            @Nullable JobId lastJob,
            long made,
            long skipped) {}
}
