package dev.rq4j.redis;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobStatus;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Reads of failed jobs what decides whether they are queued again. */
public final class FailureStore {

    private static final LuaScript FAILURES = LuaScript.named("failures");
    /** Longer reasons than this were recorded by nobody who bounds them, and are passed over. */
    private static final int MOST_REASON_BYTES = 1 << 20;

    private final Redis redis;
    private final PayloadCodec codec;

    FailureStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.codec = codec;
    }

    /**
     * Emits a page of the failed jobs of a queue, those that are kept the shortest first: shorter than asked for when what
     * is read is large, and empty at the end.
     */
    public Mono<List<FailedJob>> page(String queue, long offset, int count, boolean withTask, boolean withTrace) {
        return redis.list(
                        FAILURES,
                        Args.of(redis.keys())
                                .add(queue)
                                .add(count)
                                .add(offset)
                                .add(withTask ? codec.maxPayloadBytes() : 0)
                                .add(withTrace ? MOST_REASON_BYTES : 0))
                .map(answers -> answers.stream().map(this::read).toList());
    }

    private FailedJob read(@Nullable Object answer) {
        List<?> fields = Answers.list(answer);
        byte[] reason = Answers.bytesOrNull(fields.get(4));
        return new FailedJob(
                Answers.text(fields.get(0)),
                JobStatus.ofWire(Answers.text(fields.get(1))),
                fields.get(2) instanceof Long millis ? Duration.ofMillis(millis) : null,
                JobHash.taskName(Answers.bytesOrNull(fields.get(3)), codec),
                reason == null ? "" : ErrorText.decode(reason));
    }
}
