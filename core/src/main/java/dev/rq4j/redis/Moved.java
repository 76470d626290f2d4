package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of sending a job on another way.
 *
 * @param isDone whether it is where it was to go; otherwise nothing was written
 * @param found the status that does not allow it; null when it is another reason
 * @param rival the job that has its unique key by now; null when it is another reason
 */
public record Moved(
        boolean isDone, @Nullable JobStatus found, @Nullable JobId rival) {

    private static final Moved DONE = new Moved(true, null, null);
    private static final Moved GONE = new Moved(false, null, null);

    /**
     * Reads what a script answers for one job: 1, or its status, or a list of the job that stands in its way, or nothing
     * when there is no such job.
     */
    static Moved of(@Nullable Object answer) {
        if (answer instanceof Long) {
            return DONE;
        }
        if (answer instanceof List<?> inTheWay) {
            return new Moved(false, null, JobId.of(Answers.text(inTheWay.get(0))));
        }
        String status = Answers.textOrNull(answer);
        return status == null ? GONE : new Moved(false, JobStatus.ofWire(status), null);
    }
}
