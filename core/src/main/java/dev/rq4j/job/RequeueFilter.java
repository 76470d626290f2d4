package dev.rq4j.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which of a queue's failed jobs are to run once more. Immutable; each method returns a filter that asks for more. Jobs that
 * were stopped are never among them.
 *
 * @param task the name of their task; null for any
 * @param error the class of the error that they failed with; null for any
 * @param age how long ago they failed
 * @param pace how many of them, and how fast
 */
public record RequeueFilter(@Nullable String task, @Nullable String error, Age age, Pace pace) {

    private static final RequeueFilter ALL =
            new RequeueFilter(null, null, new Age(null, null), new Pace(Long.MAX_VALUE, null, false));

    /**
     * How long ago a job failed, by the clock of Redis.
     *
     * @param atLeast longer ago than this; null for any time
     * @param atMost shorter ago than this; null for any time
     */
    public record Age(@Nullable Duration atLeast, @Nullable Duration atMost) {

        /** Refuses a negative age, and ages that no job has, with {@link JobException.Invalid}. */
        public Age {
            Checks.demand(atLeast == null || !atLeast.isNegative(), "an age must not be negative, but was " + atLeast);
            Checks.demand(atMost == null || !atMost.isNegative(), "an age must not be negative, but was " + atMost);
            Checks.demand(
                    atLeast == null || atMost == null || atLeast.compareTo(atMost) < 0,
                    "no job has failed longer ago than " + atLeast + " and shorter ago than " + atMost);
        }

        private boolean admits(@Nullable Duration age) {
            if (atLeast == null && atMost == null) {
                return true;
            }
            return age != null
                    && (atLeast == null || age.compareTo(atLeast) > 0)
                    && (atMost == null || age.compareTo(atMost) < 0);
        }
    }

    /**
     * How many jobs, and how fast.
     *
     * @param most how many at most, those first that are kept the shortest
     * @param perSecond how many a second; null for as fast as can be
     * @param toFront whether they go to the front of their queue
     */
    public record Pace(long most, @Nullable Integer perSecond, boolean toFront) {

        /** Refuses what cannot be, with {@link JobException.Invalid}. */
        public Pace {
            Checks.demand(most >= 0, "the number of jobs must not be negative, but was " + most);
            Checks.demand(perSecond == null || perSecond > 0, "a rate must be positive, but was " + perSecond);
        }
    }

    /** Returns a filter for all of them. */
    public static RequeueFilter all() {
        return ALL;
    }

    /** Asks for the jobs of a task. The payload of each job is read for it. */
    public RequeueFilter ofTask(Task<?, ?> task) {
        return new RequeueFilter(task.name(), error, age, pace);
    }

    /** Asks for jobs that failed with this error. A handler in Java failed with exactly this class. */
    public RequeueFilter failedWith(Class<? extends Throwable> error) {
        return failedWith(error.getName());
    }

    /**
     * Asks for jobs that failed with an error of this name, which can be that of a Python class: {@code ValueError}. It is
     * the whole name, or its last part. It is compared with the first line of a trace that Java recorded, and the last of
     * Python's.
     */
    public RequeueFilter failedWith(String error) {
        return new RequeueFilter(task, Checks.given("the error of a requeue filter", error), age, pace);
    }

    /** Asks for jobs that failed longer ago than this, which must be shorter than that of {@link #newerThan}. */
    public RequeueFilter olderThan(Duration age) {
        return new RequeueFilter(task, error, new Age(age, this.age.atMost), pace);
    }

    /** Asks for jobs that failed shorter ago than this, which must be longer than that of {@link #olderThan}. */
    public RequeueFilter newerThan(Duration age) {
        return new RequeueFilter(task, error, new Age(this.age.atLeast, age), pace);
    }

    /** Asks for so many at most. */
    public RequeueFilter atMost(long jobs) {
        return new RequeueFilter(task, error, age, new Pace(jobs, pace.perSecond, pace.toFront));
    }

    /** Queues so many a second and no more, so that what they need is not overrun. */
    public RequeueFilter perSecond(int jobs) {
        return new RequeueFilter(task, error, age, new Pace(pace.most, jobs, pace.toFront));
    }

    /** Queues them at the front. */
    public RequeueFilter atFront() {
        return new RequeueFilter(task, error, age, new Pace(pace.most, pace.perSecond, true));
    }

    /**
     * Returns whether a failed job is one of those asked for.
     *
     * @param task the name of its task; null when it is not known
     * @param failure how it failed
     * @param age how long ago; null when it is not known
     */
    public boolean admits(@Nullable String task, JobException.JobFailed failure, @Nullable Duration age) {
        return (this.task == null || this.task.equals(task)) && this.age.admits(age) && admits(failure);
    }

    private boolean admits(JobException.JobFailed failure) {
        if (error == null) {
            return true;
        }
        String type = failure.reason().split("[:\\s]", 2)[0];
        return type.equals(error) || type.endsWith('.' + error) || type.endsWith('$' + error);
    }
}
