package dev.rq4j.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Redis said about a job at one moment. It does not change; ask the handle again for a newer one. What is absent
 * from the job's hash, or cannot be read, is null.
 *
 * @param id the id
 * @param status where it is in its life
 * @param queue the name of its queue
 * @param task the name of what is to be done; null when the payload cannot be read
 * @param description what people see in lists
 * @param times when things happened to it
 * @param timeout how long an attempt may run; null for no limit
 * @param ttl how long after enqueueing at the latest it must have started, as asked; null for any time
 * @param limits the limits that it is held back by
 * @param uniqueKey the unique key that it was enqueued with, which may have become free since; null for none
 * @param resultTtl how long it is kept once finished, as asked
 * @param failureTtl how long it is kept once failed, as asked
 * @param worker the name of the worker that ran it last
 * @param attempts how often it ran and will run
 * @param dependencies the jobs that it was to wait for
 * @param group the name of the group that it belongs to
 * @param progress how far its last attempt is, as its handler says; null when it says nothing
 * @param expiresIn how long until Redis removes it; null when it has no time to live
 */
public record Job(
        JobId id,
        JobStatus status,
        @Nullable String queue,
        @Nullable String task,
        @Nullable String description,
        Times times,
        @Nullable Duration timeout,
        @Nullable Duration ttl,
        List<RateLimit> limits,
        @Nullable String uniqueKey,
        @Nullable Retention resultTtl,
        @Nullable Retention failureTtl,
        @Nullable String worker,
        Attempts attempts,
        List<JobId> dependencies,
        @Nullable String group,
        @Nullable Progress progress,
        @Nullable Duration expiresIn) {

    /**
     * When things happened to a job, by the clocks of those who wrote it.
     *
     * @param created when it was made
     * @param enqueued when it was last queued
     * @param started when its last attempt began
     * @param ended when its last attempt ended
     * @param notBefore when it may start at the earliest, by the clock of Redis
     * @param expires until when it must have started, by the clock of Redis; null when it waits for any time, or has started
     * @param heartbeat when its worker last gave a sign of life, if that is one of Python RQ, which writes it
     * @param leaseEnd until when its worker must give the next one, by the clock of Redis, if that is one of ours
     */
    public record Times(
            @Nullable Instant created,
            @Nullable Instant enqueued,
            @Nullable Instant started,
            @Nullable Instant ended,
            @Nullable Instant notBefore,
            @Nullable Instant expires,
            @Nullable Instant heartbeat,
            @Nullable Instant leaseEnd) {}

    /**
     * How often a job ran and will run.
     *
     * @param recoveries how often it was queued again because its worker died
     * @param failures how many attempts failed
     * @param retriesLeft how often it may yet be retried; null when no retry was asked for
     * @param repeatsLeft how often it will yet run again after it succeeded; null when no repeat was asked for
     */
    public record Attempts(
            int recoveries,
            int failures,
            @Nullable Integer retriesLeft,
            @Nullable Integer repeatsLeft) {}

    /**
     * How far the handler of a job says it is.
     *
     * @param percent from 0 to 100
     * @param message what it is at; null when it does not say
     */
    public record Progress(int percent, @Nullable String message) {}
}
