package dev.rq4j.redis;

import dev.rq4j.codec.JsonLists;
import dev.rq4j.codec.OwnTasks;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.WebhookList;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.Dependency.OnParentFailure;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Keeping;
import dev.rq4j.job.Labels;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Relations;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Running;
import dev.rq4j.job.Unique;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the hash of a new job strictly, as Python RQ can read it: the fields that Python RQ needs to run it, and those
 * for what was asked. The script adds the status, the place, and what depends on its clock.
 */
final class JobFields {

    /** A timeout without end. */
    private static final long ENDLESS = -1;

    /** A job's hash is to stay small. */
    private static final int MOST_INTERVALS = 100;

    private final Map<String, byte[]> fields = new LinkedHashMap<>();

    private JobFields() {}

    static Map<String, byte[]> of(JobRequest<?> request, String queue, PayloadCodec codec, Instant now) {
        JobFields fields = new JobFields();
        JobOptions options = request.options();
        String name = request.task().name();
        byte[] call =
                OwnTasks.encodeCall(codec, name, request.input(), request.task().isNamed());
        byte[] shown = Args.bytes(WireTime.shown(now));
        fields.put("created_at", shown);
        fields.put("enqueued_at", shown);
        fields.put("data", Zlib.deflateIfSmaller(call));
        fields.put("origin", queue);
        fields.labels(options.labels(), name, codec);
        fields.keeping(options.keeping());
        fields.running(options.running());
        Duration ttl = options.timing().ttl();
        if (ttl != null) {
            fields.put("ttl", ttl.toSeconds());
        }
        fields.relations(options.relations());
        fields.unique(options.identity().unique());
        return fields.fields;
    }

    private void labels(Labels labels, String task, PayloadCodec codec) {
        put("description", labels.description() == null ? task : labels.description());
        put("group_id", labels.group());
        if (!labels.meta().isEmpty()) {
            put("meta", Meta.encode(labels.meta(), codec));
        }
    }

    private void keeping(Keeping keeping) {
        retention("result_ttl", keeping.result());
        retention("failure_ttl", keeping.failure());
    }

    private void retention(String field, @Nullable Retention retention) {
        if (retention != null) {
            put(field, retention.seconds());
        }
    }

    private void running(Running running) {
        put("timeout", running.timeout() == null ? ENDLESS : running.timeout().toSeconds());
        if (running.maxRecoveries() != null) {
            put("max_recoveries", running.maxRecoveries());
        }
        retry(running.retry());
        repeat(running.repeat());
        running.limits().forEach(this::limit);
    }

    private void retry(@Nullable RetryPolicy retry) {
        if (retry == null) {
            return;
        }
        put("retries_left", retry.times());
        put("retry_intervals", JsonLists.ofSeconds(intervals(retry)));
        if (retry.toFront()) {
            put("enqueue_at_front_on_retry", 1);
        }
        if (retry.jitter() > 0) {
            put("retry_jitter", Double.toString(retry.jitter()));
        }
        names("retry_only", retry.errors().only());
        names("retry_never", retry.errors().never());
    }

    /** One for each retry: of fewer or more Python takes others, since it counts from the last one. */
    private static List<Duration> intervals(RetryPolicy retry) {
        List<Duration> asked = retry.intervals();
        int last = asked.size() - 1;
        int written = last == 0 ? 1 : Math.min(retry.times(), MOST_INTERVALS);
        return IntStream.range(0, written)
                .mapToObj(n -> asked.get(Math.min(n, last)))
                .toList();
    }

    private void repeat(@Nullable Repeat repeat) {
        if (repeat != null) {
            put("repeats_left", repeat.times());
            put("repeat_intervals", JsonLists.ofSeconds(repeat.intervals()));
        }
    }

    private void limit(RateLimit limit) {
        if (limit.period() == null) {
            put("rate_limit_key", limit.key());
            put("rate_limit_concurrency", limit.count());
        } else {
            put("rate_key", limit.key());
            put("rate_count", limit.count());
            put("rate_period", limit.period().toMillis());
        }
    }

    /** For people to see: a key that is held until the job has ended is written by the script, which goes by it. */
    private void unique(@Nullable Unique unique) {
        if (unique != null && unique.within() != null) {
            put("unique_within", unique.key());
        }
    }

    private void relations(Relations relations) {
        Dependency parents = relations.parents();
        if (!parents.ids().isEmpty()) {
            names("dependency_ids", parents.ids().stream().map(JobId::value).toList());
            put("dependency_id", parents.ids().get(0).value());
            fate(parents.onFailure());
        }
        put(
                "input_from",
                relations.inputFrom() == null ? null : relations.inputFrom().value());
        if (!relations.webhooks().isEmpty()) {
            put("webhooks", WebhookList.toJson(relations.webhooks()));
        }
    }

    /** Lets a job run however those that it waits for end. */
    static void runAnyway(Map<String, byte[]> fields) {
        JobFields changed = new JobFields();
        changed.fate(OnParentFailure.RUN);
        fields.putAll(changed.fields);
    }

    private void fate(OnParentFailure fate) {
        if (fate != OnParentFailure.WAIT) {
            put("on_parent_failure", fate.name().toLowerCase(Locale.ROOT));
        }
        if (fate == OnParentFailure.RUN) {
            put("allow_dependency_failures", 1);
        }
    }

    private void names(String field, Collection<String> names) {
        if (!names.isEmpty()) {
            put(field, JsonLists.ofTexts(names));
        }
    }

    private void put(String field, @Nullable String value) {
        if (value != null) {
            put(field, Args.bytes(value));
        }
    }

    private void put(String field, long value) {
        put(field, Long.toString(value));
    }

    private void put(String field, byte[] value) {
        fields.put(field, value);
    }
}
