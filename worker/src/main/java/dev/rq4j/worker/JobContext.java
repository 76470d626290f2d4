package dev.rq4j.worker;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a handler may know of the job that it does. */
public final class JobContext {

    private final ClaimedJob job;
    private final String task;

    JobContext(ClaimedJob job, String task) {
        this.job = job;
        this.task = task;
    }

    /** Returns the id of the job. */
    public JobId id() {
        return job.execution().job();
    }

    /** Returns the execution: the job, the attempt's own random id, and the queue that it came from. */
    public Execution execution() {
        return job.execution();
    }

    /** Returns the name of the task. */
    public String task() {
        return task;
    }

    /** Returns which attempt this is, from 1; a worker that dies costs one, a worker that stops politely none. */
    public int attempt() {
        return job.recoveries() + 1;
    }

    /** Returns when the job was queued, by the clock of who queued it; null when that is not known. */
    public @Nullable Instant enqueuedAt() {
        return job.enqueuedAt();
    }

    @Override
    public String toString() {
        return task + " " + id() + " attempt " + attempt();
    }
}
