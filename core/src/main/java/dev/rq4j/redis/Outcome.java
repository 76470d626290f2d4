package dev.rq4j.redis;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.lang.reflect.Type;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * How a job ended.
 *
 * @param status finished, failed, stopped or canceled; unknown when the job is gone
 * @param value what it returned, encoded; null for nothing
 * @param trace why it failed; empty when it did not
 * @param expired whether it is gone because it waited for too long
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Outcome(JobStatus status, byte @Nullable [] value, String trace, boolean expired) {

    static final Outcome GONE = new Outcome(JobStatus.UNKNOWN, null, "", false);
    static final Outcome EXPIRED = new Outcome(JobStatus.UNKNOWN, null, "", true);

    /**
     * Emits what the job returned, read as this type; completes empty when it returned nothing. Signals
     * {@link JobException.JobFailed}, {@link JobException.JobStopped}, {@link JobException.JobCanceled},
     * {@link JobException.JobExpired}, {@link JobException.NoSuchJob}, {@link JobException.NotEnded}, and
     * {@link JobException.Unreadable} when the result is not of this type.
     */
    public <O> Mono<O> result(JobId job, Type type, PayloadCodec codec) {
        return switch (status) {
            case FINISHED -> value == null ? Mono.empty() : Mono.fromCallable(() -> codec.<O>decodeValue(value, type));
            case FAILED -> Mono.error(new JobException.JobFailed(job, trace));
            case STOPPED -> Mono.error(new JobException.JobStopped(job));
            case CANCELED -> Mono.error(new JobException.JobCanceled(job));
            case UNKNOWN -> Mono.error(expired ? new JobException.JobExpired(job) : new JobException.NoSuchJob(job));
            default -> Mono.error(new JobException.NotEnded(job, status));
        };
    }

    /** Returns the size in bytes of the field of a result that may not be larger: Base64, which can be in lines. */
    static long largestField(PayloadCodec codec) {
        return (codec.maxResultBytes() + 2L) / 3 * 4 * 78 / 76 + 4;
    }

    /** Reads the field of a job that ended well; throws {@link JobException.Unreadable}. */
    static Outcome finished(byte @Nullable [] field) {
        if (field == null || field.length == 0) {
            return new Outcome(JobStatus.FINISHED, null, "", false);
        }
        try {
            return new Outcome(JobStatus.FINISHED, Base64.getMimeDecoder().decode(field), "", false);
        } catch (IllegalArgumentException damaged) {
            throw new JobException.Unreadable("a result must be in Base64, but its " + field.length + " bytes are not");
        }
    }

    static Outcome failed(byte @Nullable [] field) {
        return new Outcome(JobStatus.FAILED, null, field == null ? "" : ErrorText.decode(field), false);
    }

    static Outcome of(JobStatus status) {
        return new Outcome(status, null, "", false);
    }

    /** Says how it ended, and never with what. */
    @Override
    public String toString() {
        return "Outcome[" + status + "]";
    }
}
