package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Reads how jobs ended, from what their workers, in Java or Python, left in Redis. */
final class OutcomeStore {

    private static final LuaScript OUTCOMES = LuaScript.named("outcomes");

    private final Redis redis;

    OutcomeStore(Redis redis) {
        this.redis = redis;
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
            case FINISHED ->
                entry(id, "return_value", "result").map(Entry::finished).switchIfEmpty(unrecorded(id, status));
            case FAILED ->
                entry(id, "exc_string", "exc_info").map(Entry::failed).switchIfEmpty(unrecorded(id, status));
            default -> Mono.just(Outcome.of(status));
        };
    }

    /** The newest entry of the job's history; RQ before 1.12 kept the outcome in a field of the hash. */
    private Mono<Entry> entry(JobId id, String field, String hashField) {
        return redis.read(commands -> commands.xrevrange(redis.keys().results(id), Range.unbounded(), Limit.from(1))
                        .next())
                .map(StreamMessage::getBody)
                .map(body -> new Entry(body.get(field), null))
                .switchIfEmpty(redis.read(commands -> commands.hget(redis.keys().job(id), hashField))
                        .map(value -> new Entry(null, value)));
    }

    /** Nothing is recorded of a job that Python ended without a word, nor of one that has gone since its status was read. */
    private Mono<Outcome> unrecorded(JobId id, JobStatus status) {
        return statuses(List.of(id.value())).flatMap(now -> {
            JobStatus found = now.get(0);
            return found == null ? Mono.just(Outcome.GONE) : Mono.just(Outcome.of(status));
        });
    }

    /**
     * What was recorded.
     *
     * @param field the field of the history
     * @param old the field of the hash
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(byte @Nullable [] field, byte @Nullable [] old) {

        Outcome finished() {
            return old == null ? Outcome.finished(field) : new Outcome(JobStatus.FINISHED, old, "", false);
        }

        Outcome failed() {
            return Outcome.failed(field == null ? old : field);
        }
    }
}
