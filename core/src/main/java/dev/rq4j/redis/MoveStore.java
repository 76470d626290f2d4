package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Sends jobs on another way: those that ended badly back into their queues, those that wait to other queues, and those that
 * are scheduled to another time.
 */
public final class MoveStore {

    private static final LuaScript REQUEUE = LuaScript.named("requeue");
    private static final LuaScript MOVE = LuaScript.named("move");
    private static final LuaScript RESCHEDULE = LuaScript.named("reschedule");

    private final Redis redis;

    MoveStore(Redis redis) {
        this.redis = redis;
    }

    /**
     * Lets a job that failed, was stopped or canceled run once more; emits what came of it. Signals
     * {@link JobException.Unreadable} when nobody knows its queue.
     */
    public Mono<Moved> requeue(JobId id, boolean atFront) {
        return requeue("", List.of(id), atFront).map(answers -> answers.get(0));
    }

    /** Lets jobs of a queue run once more as {@link #requeue(JobId, boolean)} does; emits what came of each, in order. */
    public Mono<List<Moved>> requeue(String queue, List<JobId> ids, boolean atFront) {
        return redis.list(
                        REQUEUE,
                        sending -> Args.of(redis.keys())
                                .add(atFront ? 1 : 0)
                                .add(sending)
                                .add(queue)
                                .addAll(ids.stream().map(JobId::value).toList()))
                .map(answers -> IntStream.range(0, answers.size())
                        .mapToObj(i -> requeued(ids.get(i), answers.get(i)))
                        .toList());
    }

    private static Moved requeued(JobId id, @Nullable Object answer) {
        if (answer instanceof Long done && done == 0) {
            throw new JobException.Unreadable(
                    "the field origin of job " + id + " must name its queue, but says nothing, and no registry has it");
        }
        return Moved.of(answer);
    }

    /** Moves a waiting job to the back, or the front, of another queue; emits what came of it. */
    public Mono<Moved> move(JobId id, String queue, boolean toFront) {
        return redis.list(
                        MOVE,
                        sending -> Args.of(redis.keys())
                                .add(id.value())
                                .add(queue)
                                .add(toFront ? 1 : 0)
                                .add(sending))
                .map(answers -> Moved.of(answers.get(0)));
    }

    /** Lets a scheduled job run this long from now, by the clock of Redis; emits what came of it. */
    public Mono<Moved> rescheduleIn(JobId id, Duration delay) {
        return reschedule(id, "delay", delay.toMillis());
    }

    /** Lets a scheduled job run at this time, by the clock of Redis; emits what came of it. */
    public Mono<Moved> rescheduleAt(JobId id, Instant time) {
        return reschedule(id, "at", WireTime.millisUp(time));
    }

    private Mono<Moved> reschedule(JobId id, String from, long millis) {
        return redis.list(
                        RESCHEDULE,
                        sending -> Args.of(redis.keys())
                                .add(id.value())
                                .add(from)
                                .add(millis)
                                .add(sending))
                .map(answers -> Moved.of(answers.get(0)));
    }
}
