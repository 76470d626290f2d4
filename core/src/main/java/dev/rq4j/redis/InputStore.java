package dev.rq4j.redis;

import dev.rq4j.codec.OwnTasks;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Reads what jobs were given. */
public final class InputStore {

    private static final LuaScript READ = LuaScript.named("read-input");

    private final Redis redis;
    private final PayloadCodec codec;

    InputStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.codec = codec;
    }

    /**
     * Emits the input of a job as this type, nothing where it has none; the result of another job where it takes that.
     * Signals {@link JobException.NoSuchJob}, {@link JobException.NotEnded} with the other job, {@link JobException.Unreadable}
     * and {@link JobException.TooLarge}.
     */
    public <T> Mono<T> input(JobId id, Type type) {
        return redis.list(
                        READ,
                        Args.of(redis.keys())
                                .add(id.value())
                                .add(codec.maxPayloadBytes())
                                .add(Outcome.largestField(codec)))
                .mapNotNull(answer -> {
                    if (answer.isEmpty()) {
                        throw new JobException.NoSuchJob(id);
                    }
                    String parent = Answers.textOrNull(answer.get(2));
                    return parent == null ? this.<T>ofCall(answer, type) : this.<T>ofParent(parent, answer, type);
                });
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // as the codec does
    private <T> @Nullable T ofCall(List<Object> answer, Type type) {
        byte[] payload = Answers.bytesOrNull(answer.get(1));
        if (payload != null) {
            byte[] call = Zlib.inflate(payload, codec.maxPayloadBytes(), "the payload of a job");
            return OwnTasks.decodeCall(codec, call).input(type);
        }
        long size = Answers.number(answer.get(0));
        throw size > 0
                ? new JobException.TooLarge("the payload of a job", codec.maxPayloadBytes(), size)
                : new JobException.Unreadable(
                        "the hash of a job must have its payload in the field data, but has none");
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // as the codec does
    private <T> @Nullable T ofParent(String parent, List<Object> answer, Type type) {
        byte[] result = Answers.bytesOrNull(answer.get(3));
        if (result != null) {
            byte[] value = Outcome.finished(result).value();
            return value == null ? null : codec.decodeValue(value, type);
        }
        long size = Answers.number(answer.get(5));
        if (size > 0) {
            throw new JobException.TooLarge("the result of job " + parent, codec.maxResultBytes(), size / 4 * 3);
        }
        JobStatus status = JobStatus.ofWire(Answers.textOrNull(answer.get(4)));
        if (answer.get(4) != null && !status.isTerminal()) {
            throw new JobException.NotEnded(JobId.of(parent), status);
        }
        throw new JobException.Unreadable(
                "the input of the job is the result of job " + parent + ", but there is none");
    }
}
