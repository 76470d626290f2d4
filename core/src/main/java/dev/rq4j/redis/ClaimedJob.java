package dev.rq4j.redis;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job under lease, as it was claimed.
 *
 * @param execution the attempt that holds the lease
 * @param payloadSize the size of the payload in Redis
 * @param payload the payload; null when there is none or it is too large to be read
 * @param timeoutField the field timeout as it stands in the hash
 * @param description what people see in lists
 * @param enqueuedAt when it was queued, if that can be read
 * @param seldom other fields of its hash, which most jobs do not have
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ClaimedJob(
        Execution execution,
        long payloadSize,
        byte @Nullable [] payload,
        @Nullable String timeoutField,
        @Nullable String description,
        @Nullable Instant enqueuedAt,
        Map<String, byte[]> seldom) {

    /** How many elements of what the script says of a job are there whatever it is. */
    private static final int ALWAYS = 8;

    /**
     * Returns how long it may run, null for no limit.
     *
     * @throws JobException.Unreadable when the field is absurd
     */
    public @Nullable Duration timeout() {
        return JobHash.timeout(timeoutField);
    }

    /** Returns how often it was queued again because its worker died. */
    public int recoveries() {
        return count("recoveries");
    }

    /** Returns how many attempts at it failed. */
    public int failures() {
        return count("failures");
    }

    /** Returns how often its handler asked for another attempt. */
    public int retriesAsked() {
        return count("number_of_retries");
    }

    /** Returns the job whose result is its input; null when it has an input of its own. */
    public @Nullable JobId inputFrom() {
        String id = text("input_from");
        return id == null ? null : JobId.of(id);
    }

    /** Returns the size in bytes of the result that is its input, as it is written, where that is too large to be read. */
    public @Nullable Long oversizedInput() {
        return JobHash.longOrNull(text("input_size"));
    }

    /** Returns the result that is its input; null for none. Throws {@link JobException.Unreadable}. */
    public byte @Nullable [] input() {
        return Outcome.finished(seldom.get("input")).value();
    }

    /** Returns the jobs that it waited for; what is no id is left out. */
    public List<JobId> dependencies() {
        return JobHash.ids(seldom.get("dependency_ids"));
    }

    /** Returns a field of its hash as it stands there; null for none. */
    public @Nullable String text(String field) {
        byte[] value = seldom.get(field);
        return value == null ? null : Args.text(value);
    }

    private int count(String field) {
        return JobHash.count(text(field));
    }

    /** Reads what the script says of a job. */
    static ClaimedJob of(Object answer) {
        List<?> fields = Answers.list(answer);
        JobId id = JobId.of(Answers.text(fields.get(1)));
        return new ClaimedJob(
                new Execution(id, Answers.text(fields.get(2)), Answers.text(fields.get(0))),
                Answers.number(fields.get(3)),
                Answers.bytesOrNull(fields.get(4)),
                Answers.textOrNull(fields.get(5)),
                Answers.textOrNull(fields.get(6)),
                WireTime.read(Answers.textOrNull(fields.get(7))),
                Answers.pairs(fields.subList(ALWAYS, fields.size())));
    }

    static ClaimedJob of(Execution execution, byte[] data, byte[] enqueuedAt, Map<String, byte[]> seldom) {
        Instant enqueued = WireTime.read(Args.text(enqueuedAt));
        return new ClaimedJob(execution, data.length, data, null, null, enqueued, seldom);
    }

    /** Names the job and never the payload. */
    @Override
    public String toString() {
        return "job " + execution.job() + " of queue " + execution.queue();
    }
}
