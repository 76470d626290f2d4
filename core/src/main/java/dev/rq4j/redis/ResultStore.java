package dev.rq4j.redis;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobResult;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the history of jobs, as workers in Java and Python record it. */
public final class ResultStore {

    /** As many as are kept; Python RQ may leave some more. */
    private static final int PAGE = 10;

    private final Redis redis;
    private final PayloadCodec codec;

    ResultStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.codec = codec;
    }

    /** Emits the entries of a job's history, the newest first; nothing when there are none. */
    public Flux<JobResult> results(JobId id) {
        return Paging.pages(
                        HistoryEntry.NEWEST,
                        older -> read(id, older, PAGE)
                                .map(page -> new Paging.Page<>(page, olderThan(page), page.size() < PAGE)))
                .map(this::result);
    }

    /** Emits the newest entry; nothing when there is none. */
    public Mono<JobResult> latest(JobId id) {
        return read(id, HistoryEntry.NEWEST, 1)
                .flatMapIterable(page -> page)
                .next()
                .map(this::result);
    }

    private Mono<List<HistoryEntry>> read(JobId id, String from, int count) {
        return HistoryEntry.read(redis, id, from, count, HistoryEntry.Reading.of(codec));
    }

    private static String olderThan(List<HistoryEntry> page) {
        return page.isEmpty()
                ? HistoryEntry.NEWEST
                : "(" + page.get(page.size() - 1).id();
    }

    private JobResult result(HistoryEntry entry) {
        Map<String, byte[]> body = entry.fields();
        byte[] trace = body.get("exc_string");
        return new JobResult(
                JobResult.Type.ofWire(text(body, "type")),
                recorded(entry.id()),
                WireTime.ofSeconds(text(body, "execution_started_at")),
                WireTime.ofSeconds(text(body, "execution_ended_at")),
                text(body, "worker_name"),
                text(body, "execution_id"),
                trace == null ? null : ErrorText.decode(trace),
                type -> value(entry.value("return_value", codec), type));
    }

    private @Nullable Object value(byte @Nullable [] field, Type type) {
        byte[] value = Outcome.finished(field).value();
        return value == null ? null : codec.<Object>decodeValue(value, type);
    }

    /** The id of an entry begins with the milliseconds at which it was added. */
    private static Instant recorded(String id) {
        try {
            return Instant.ofEpochMilli(Long.parseLong(id.substring(0, id.indexOf('-'))));
        } catch (NumberFormatException absurd) {
            return Instant.EPOCH;
        }
    }

    private static @Nullable String text(Map<String, byte[]> body, String field) {
        byte[] value = body.get(field);
        return value == null || value.length == 0 ? null : Args.text(value);
    }
}
