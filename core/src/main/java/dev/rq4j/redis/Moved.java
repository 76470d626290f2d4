package dev.rq4j.redis;

import dev.rq4j.job.JobStatus;
import org.jspecify.annotations.Nullable;

/**
 * What came of sending a job on another way.
 *
 * @param isDone whether it is where it was to go; otherwise nothing was written
 * @param found the status that does not allow it; null when it is done, or there is no such job
 */
public record Moved(boolean isDone, @Nullable JobStatus found) {

    private static final Moved DONE = new Moved(true, null);
    private static final Moved GONE = new Moved(false, null);

    /** Reads what a script answers for one job: 1, or its status, or nothing when there is no such job. */
    static Moved of(@Nullable Object answer) {
        if (answer instanceof Long) {
            return DONE;
        }
        String status = Answers.textOrNull(answer);
        return status == null ? GONE : new Moved(false, JobStatus.ofWire(status));
    }
}
