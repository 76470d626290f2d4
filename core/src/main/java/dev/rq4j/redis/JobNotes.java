package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.LogLine;
import dev.rq4j.job.Retention;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is written beside a job while it is worked on: its progress, its metadata, and the lines of its log. */
public final class JobNotes {

    private static final LuaScript PROGRESS = LuaScript.named("progress");
    private static final LuaScript LOG = LuaScript.named("log");
    private static final LuaScript META = LuaScript.named("meta");
    private static final LuaScript ANNOTATE = LuaScript.named("annotate");

    private static final int LONGEST_MESSAGE = 500;
    private static final int LONGEST_LINE = 2000;
    private static final int MOST_LINES = 1000;
    private static final int LEASE_LOST = -2;

    private final Redis redis;
    private final PayloadCodec codec;

    JobNotes(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.codec = codec;
    }

    /**
     * Says how far an execution is; a null message leaves the last one. Signals {@link JobException.Invalid} and
     * {@link JobException.LeaseLost}.
     */
    public Mono<Void> progress(Execution execution, int percent, @Nullable String message) {
        return Mono.defer(() -> {
            if (percent < 0 || percent > 100) {
                throw new JobException.Invalid("progress must be 0 to 100 percent, but was " + percent);
            }
            Args args = of(execution).add(percent);
            if (message != null) {
                args.add(cut(message, LONGEST_MESSAGE));
            }
            return redis.number(PROGRESS, args).flatMap(answer -> held(answer, execution));
        });
    }

    /** Adds a line to the log of a job; signals {@link JobException.LeaseLost}. */
    public Mono<Void> log(Execution execution, String line) {
        return Mono.defer(() -> {
            String tag = randomName();
            String text = cut(line, LONGEST_LINE);
            return redis.number(
                            LOG,
                            sending -> of(execution)
                                    .add(tag)
                                    .add(text)
                                    .add(MOST_LINES)
                                    .add(Retention.FAILURE_DEFAULT.seconds())
                                    .add(sending.number()))
                    .flatMap(answer -> held(answer, execution));
        });
    }

    /** Emits the lines of a job's log, the oldest first; nothing when there are none. */
    public Flux<LogLine> logs(JobId id) {
        return redis.readAll(commands -> commands.lrange(redis.keys().log(id), -MOST_LINES, -1))
                .flatMapIterable(line -> line(Args.text(line)).stream().toList());
    }

    /**
     * Emits the metadata of a job, as a map of the caller's own; an empty one when it has none. Signals
     * {@link JobException.NoSuchJob}, {@link JobException.Unreadable} and {@link JobException.TooLarge}.
     */
    public Mono<Map<String, Object>> meta(JobId id) {
        return field(id).map(field -> Meta.decode(field, codec));
    }

    /**
     * Changes the metadata of a job and emits the new; begins anew when somebody else has changed it meanwhile. Signals
     * what {@link #meta} does, and {@link JobException.Unwritable}.
     */
    public Mono<Map<String, Object>> updateMeta(JobId id, UnaryOperator<Map<String, Object>> change) {
        return update(id, null, change);
    }

    /** As {@link #updateMeta(JobId, UnaryOperator)}, by an execution; signals {@link JobException.LeaseLost}. */
    public Mono<Map<String, Object>> updateMeta(Execution execution, UnaryOperator<Map<String, Object>> change) {
        return update(execution.job(), execution, change);
    }

    /** Every round that is lost was won by somebody else: there is always one who gets on. */
    private Mono<Map<String, Object>> update(
            JobId id, @Nullable Execution execution, UnaryOperator<Map<String, Object>> change) {
        return field(id)
                .flatMap(read -> {
                    Map<String, Object> meta = change.apply(Meta.decode(read, codec));
                    if (meta == null) {
                        throw new JobException.Invalid("the new metadata must be a map, but is null");
                    }
                    return replace(id, execution, read, Meta.encode(meta, codec))
                            .filter(done -> done)
                            .map(done -> meta);
                })
                .repeatWhenEmpty(Integer.MAX_VALUE, again -> again)
                .onErrorMap(
                        JobException.NoSuchJob.class,
                        gone -> execution == null ? gone : new JobException.LeaseLost(id));
    }

    /** Emits whether it is replaced; otherwise somebody has changed it. */
    private Mono<Boolean> replace(JobId id, @Nullable Execution execution, byte[] read, byte[] written) {
        String token = randomName();
        return redis.number(
                        ANNOTATE,
                        sending -> Args.of(redis.keys())
                                .add(execution == null ? "" : execution.queue())
                                .add(id.value())
                                .add(execution == null ? "" : execution.id())
                                .add(read)
                                .add(written)
                                .add(token)
                                .add(sending.number()))
                .map(answer -> {
                    if (answer < 0) {
                        throw answer == LEASE_LOST ? new JobException.LeaseLost(id) : new JobException.NoSuchJob(id);
                    }
                    return answer == 1;
                });
    }

    /** Emits the field as it is; no bytes when there is none. */
    private Mono<byte[]> field(JobId id) {
        return Mono.defer(() ->
                        redis.list(META, Args.of(redis.keys()).add(id.value()).add(Meta.MAX_BYTES)))
                .map(answer -> {
                    if (answer.isEmpty()) {
                        throw new JobException.NoSuchJob(id);
                    }
                    Meta.check(Answers.number(answer.get(0)));
                    byte[] field = Answers.bytesOrNull(answer.get(1));
                    return field == null ? new byte[0] : field;
                });
    }

    private Args of(Execution execution) {
        return Args.of(redis.keys())
                .add(execution.queue())
                .add(execution.job().value())
                .add(execution.id());
    }

    private static Mono<Void> held(long answer, Execution execution) {
        return answer == 1 ? Mono.empty() : Mono.error(new JobException.LeaseLost(execution.job()));
    }

    /** What is no line is left out. */
    private static Optional<LogLine> line(String element) {
        String[] parts = element.split(" ", 3);
        return Optional.ofNullable(parts.length < 3 ? null : WireTime.ofSeconds(parts[0]))
                .map(time -> new LogLine(time, parts[2]));
    }

    /** Never in the middle of a character that Java makes of two. */
    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }

    private static String randomName() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
