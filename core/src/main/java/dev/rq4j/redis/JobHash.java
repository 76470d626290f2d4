package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows the fields of a job's hash: writes them strictly, as Python RQ can read them, and reads them leniently. */
final class JobHash {

    /** A timeout or time to live without end. */
    private static final long ENDLESS = -1;

    /** A century is no limit, and clocks that count nanoseconds overflow soon after it. */
    private static final long LONGEST_TIMEOUT = 100L * 365 * 24 * 3600;

    private JobHash() {}

    /** Returns the fields of a new job: those that Python RQ needs to run it, and what was asked for. */
    static Map<String, byte[]> fields(JobRequest<?> request, String queue, PayloadCodec codec, Instant now) {
        JobOptions options = request.options();
        String name = request.task().name();
        byte[] call = codec.encodeCall(name, request.input(), request.task().isNamed());
        Map<String, byte[]> fields = new LinkedHashMap<>();
        fields.put("created_at", Args.bytes(WireTime.shown(now)));
        fields.put("enqueued_at", Args.bytes(WireTime.shown(now)));
        fields.put("data", Zlib.deflateIfSmaller(call));
        fields.put("origin", Args.bytes(queue));
        fields.put("description", Args.bytes(options.description() == null ? name : options.description()));
        fields.put(
                "timeout",
                number(options.timeout() == null ? ENDLESS : options.timeout().toSeconds()));
        putRetention(fields, "result_ttl", options.resultTtl());
        putRetention(fields, "failure_ttl", options.failureTtl());
        if (options.maxRecoveries() != null) {
            fields.put("max_recoveries", number(options.maxRecoveries()));
        }
        return fields;
    }

    /** Reads a whole hash. */
    static Job read(JobId id, Map<String, byte[]> hash, @Nullable Duration expiresIn, PayloadCodec codec) {
        Long timeout = longOrNull(text(hash, "timeout"));
        return new Job(
                id,
                JobStatus.ofWire(text(hash, "status")),
                text(hash, "origin"),
                taskName(hash.get("data"), codec),
                text(hash, "description"),
                new Job.Times(
                        time(hash, "created_at"),
                        time(hash, "enqueued_at"),
                        time(hash, "started_at"),
                        time(hash, "ended_at")),
                timeout == null || timeout < 0 ? null : Duration.ofSeconds(timeout),
                retention(text(hash, "result_ttl")),
                retention(text(hash, "failure_ttl")),
                text(hash, "worker_name"),
                count(text(hash, "recoveries")),
                expiresIn);
    }

    /**
     * Reads a timeout strictly, for a worker that is about to run the job: absent is the default of RQ, -1 is none.
     *
     * @return null for no limit
     */
    static @Nullable Duration timeout(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return JobOptions.DEFAULT_TIMEOUT;
        }
        Long seconds = longOrNull(text);
        if (seconds == null || seconds == 0 || seconds < ENDLESS) {
            throw new JobException.Unreadable("the field timeout of a job must be -1 or a positive number of seconds");
        }
        return seconds == ENDLESS || seconds > LONGEST_TIMEOUT ? null : Duration.ofSeconds(seconds);
    }

    /** Reads a count leniently: what is no number counts as none. */
    static int count(@Nullable String text) {
        Long count = longOrNull(text);
        return count == null ? 0 : count.intValue();
    }

    private static @Nullable String taskName(byte @Nullable [] data, PayloadCodec codec) {
        if (data == null) {
            return null;
        }
        try {
            return codec.decodeCall(Zlib.inflate(data, codec.maxPayloadBytes(), "a payload"))
                    .task();
        } catch (JobException unreadable) {
            return null;
        }
    }

    private static void putRetention(Map<String, byte[]> fields, String field, @Nullable Retention retention) {
        if (retention != null) {
            fields.put(field, number(retention.seconds()));
        }
    }

    private static @Nullable Retention retention(@Nullable String text) {
        Long seconds = longOrNull(text);
        if (seconds == null) {
            return null;
        }
        try {
            return new Retention(Math.max(seconds, ENDLESS));
        } catch (JobException absurd) {
            return null;
        }
    }

    private static @Nullable Instant time(Map<String, byte[]> hash, String field) {
        return WireTime.read(text(hash, field));
    }

    private static @Nullable String text(Map<String, byte[]> hash, String field) {
        byte[] value = hash.get(field);
        return value == null || value.length == 0 ? null : Args.text(value);
    }

    private static @Nullable Long longOrNull(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException unreadable) {
            return null;
        }
    }

    private static byte[] number(long value) {
        return Args.bytes(Long.toString(value));
    }
}
