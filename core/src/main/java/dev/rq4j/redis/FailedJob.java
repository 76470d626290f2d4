package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a registry of failed jobs.
 *
 * @param id the id, as it stands there
 * @param status the status of the job
 * @param age for how long it has ended, by the clock of Redis; null when that is not known
 * @param task the name of its task; null when it was not asked for or is not known
 * @param trace what the worker recorded; empty when it was not asked for
 */
public record FailedJob(
        String id,
        JobStatus status,
        @Nullable Duration age,
        @Nullable String task,
        String trace) {

    /** Returns the failure as those hear of it who await the job. */
    public JobException.JobFailed failure() {
        return new JobException.JobFailed(JobId.of(id), trace);
    }

    /** Names the job, and never what its worker recorded. */
    @Override
    public String toString() {
        return "FailedJob[" + id + " " + status + "]";
    }
}
