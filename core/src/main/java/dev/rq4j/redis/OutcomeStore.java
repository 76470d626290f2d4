package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Reads how jobs ended, from what their workers, in Java or Python, left in Redis. */
final class OutcomeStore {

    private static final LuaScript OUTCOMES = LuaScript.named("outcomes");
    private static final String RESULT = "result";
    private static final String REASON = "exc_info";

    private final Redis redis;
    private final PayloadCodec codec;

    OutcomeStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.codec = codec;
    }

    /** Emits for each id, in order, its status: null when there is no such job. */
    Mono<List<@Nullable JobStatus>> statuses(List<String> ids) {
        return redis.list(OUTCOMES, Args.of(redis.keys()).addAll(ids))
                .map(answers -> Collections.unmodifiableList(answers.stream()
                        .map(Answers::textOrNull)
                        .<@Nullable JobStatus>map(status -> status == null ? null : JobStatus.ofWire(status))
                        .collect(Collectors.toList())));
    }

    /** Reads how a job in this terminal status ended. */
    Mono<Outcome> read(JobId id, JobStatus status) {
        return switch (status) {
            case FINISHED -> entry(id, RESULT).map(this::finished).switchIfEmpty(unrecorded(id, status));
            case FAILED -> entry(id, REASON).map(OutcomeStore::failed).switchIfEmpty(unrecorded(id, status));
            default -> Mono.just(Outcome.of(status));
        };
    }

    /** The newest entry of the job's history; RQ before 1.12 kept the outcome in a field of the hash. */
    private Mono<HistoryEntry> entry(JobId id, String hashField) {
        HistoryEntry.Reading reading = new HistoryEntry.Reading(Outcome.largestField(codec), hashField);
        return HistoryEntry.read(redis, id, HistoryEntry.NEWEST, 1, reading)
                .flatMap(found -> found.isEmpty() ? Mono.empty() : Mono.just(found.get(0)));
    }

    private Outcome finished(HistoryEntry entry) {
        byte[] old = entry.value(RESULT, codec);
        return old == null
                ? Outcome.finished(entry.value("return_value", codec))
                : new Outcome(JobStatus.FINISHED, old, "", false);
    }

    private static Outcome failed(HistoryEntry entry) {
        byte[] reason = entry.fields().get("exc_string");
        return Outcome.failed(reason == null ? entry.fields().get(REASON) : reason);
    }

    /** Nothing is recorded of a job that Python ended without a word, nor of one that has gone since its status was read. */
    private Mono<Outcome> unrecorded(JobId id, JobStatus status) {
        return statuses(List.of(id.value())).flatMap(now -> {
            JobStatus found = now.get(0);
            return found == null ? Mono.just(Outcome.GONE) : Mono.just(Outcome.of(status));
        });
    }
}
