package dev.rq4j.redis;

import dev.rq4j.codec.JsonLists;
import dev.rq4j.codec.OwnTasks;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Names;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a job's hash leniently: whoever can reach Redis may have written them. */
final class JobHash {

    /** A timeout or time to live without end. */
    private static final long ENDLESS = -1;

    /** A century is no limit, and clocks that count nanoseconds overflow soon after it. */
    private static final long LONGEST_TIMEOUT = 100L * 365 * 24 * 3600;

    private JobHash() {}

    /** Reads a whole hash. */
    static Job read(
            JobId id,
            Map<String, byte[]> hash,
            @Nullable Duration expiresIn,
            @Nullable Instant leaseEnd,
            PayloadCodec codec) {
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
                        time(hash, "ended_at"),
                        WireTime.ofSeconds(text(hash, "not_before")),
                        WireTime.ofSeconds(text(hash, "expires_at")),
                        time(hash, "last_heartbeat"),
                        leaseEnd),
                secondsOrNull(text(hash, "timeout")),
                secondsOrNull(text(hash, "ttl")),
                limits(hash),
                uniqueKey(hash),
                retention(text(hash, "result_ttl")),
                retention(text(hash, "failure_ttl")),
                text(hash, "worker_name"),
                new Job.Attempts(
                        count(text(hash, "recoveries")),
                        count(text(hash, "failures")),
                        countOrNull(text(hash, "retries_left")),
                        countOrNull(text(hash, "repeats_left"))),
                ids(hash.get("dependency_ids")),
                text(hash, "group_id"),
                progress(hash),
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

    /** Reads a duration leniently; -1 is none. */
    private static @Nullable Duration secondsOrNull(@Nullable String text) {
        Long seconds = longOrNull(text);
        return seconds == null || seconds < 0 ? null : Duration.ofSeconds(seconds);
    }

    /** Reads a count leniently: what is no number counts as none. */
    static int count(@Nullable String text) {
        Integer count = countOrNull(text);
        return count == null ? 0 : count;
    }

    private static @Nullable Integer countOrNull(@Nullable String text) {
        Long count = longOrNull(text);
        return count == null ? null : count.intValue();
    }

    static List<JobId> ids(byte @Nullable [] list) {
        if (list == null) {
            return List.of();
        }
        return JsonLists.texts(list).stream().filter(Names::isId).map(JobId::of).toList();
    }

    /** What is no limit is left out. */
    private static List<RateLimit> limits(Map<String, byte[]> hash) {
        return Stream.of(
                        limit(text(hash, "rate_limit_key"), text(hash, "rate_limit_concurrency"), null),
                        limit(text(hash, "rate_key"), text(hash, "rate_count"), longOrNull(text(hash, "rate_period"))))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<RateLimit> limit(@Nullable String key, @Nullable String count, @Nullable Long millis) {
        Integer most = countOrNull(count);
        try {
            return key == null || most == null
                    ? Optional.empty()
                    : Optional.of(new RateLimit(key, most, millis == null ? null : Duration.ofMillis(millis)));
        } catch (JobException absurd) {
            return Optional.empty();
        }
    }

    private static @Nullable String uniqueKey(Map<String, byte[]> hash) {
        String key = text(hash, "unique_key");
        return key == null ? text(hash, "unique_within") : key;
    }

    private static Job.@Nullable Progress progress(Map<String, byte[]> hash) {
        Long percent = longOrNull(text(hash, "progress"));
        return percent == null || percent < 0 || percent > 100
                ? null
                : new Job.Progress(percent.intValue(), text(hash, "progress_message"));
    }

    /** Reads the name of a task from a payload; null when there is none. */
    static @Nullable String taskName(byte @Nullable [] data, PayloadCodec codec) {
        if (data == null) {
            return null;
        }
        try {
            return OwnTasks.decodeCall(codec, Zlib.inflate(data, codec.maxPayloadBytes(), "a payload"))
                    .task();
        } catch (JobException unreadable) {
            return null;
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

    /** Reads a number leniently: what is none is null. */
    static @Nullable Long longOrNull(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException unreadable) {
            return null;
        }
    }
}
