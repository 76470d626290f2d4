package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    /** Lets jobs that failed, were stopped or canceled run once more; emits for each what came of it, in order. */
    public Mono<List<Moved>> requeue(List<JobId> ids, boolean atFront) {
        return redis.list(
                        REQUEUE,
                        sending -> Args.of(redis.keys())
                                .add(atFront ? 1 : 0)
                                .add(sending)
                                .addAll(ids.stream().map(JobId::value).toList()))
                .map(answers -> answers.stream().map(Moved::of).toList());
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
