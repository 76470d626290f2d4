package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Sends jobs on another way: those that ended badly back into their queues, those that wait to other queues. */
public final class MoveStore {

    private static final LuaScript REQUEUE = LuaScript.named("requeue");
    private static final LuaScript MOVE = LuaScript.named("move");

    private final Redis redis;

    MoveStore(Redis redis) {
        this.redis = redis;
    }

    /** Lets jobs that failed, were stopped or canceled run once more; emits for each what came of it, in order. */
    public Mono<List<Moved>> requeue(List<JobId> ids, boolean atFront) {
        return Mono.defer(() -> {
            String token = UUID.randomUUID().toString();
            return redis.list(
                            REQUEUE,
                            attempt -> Args.of(redis.keys())
                                    .add(atFront ? 1 : 0)
                                    .add(attempt)
                                    .add(token)
                                    .addAll(ids.stream().map(JobId::value).toList()))
                    .map(answers -> answers.stream().map(Moved::of).toList());
        });
    }

    /** Moves a waiting job to the back, or the front, of another queue; emits what came of it. */
    public Mono<Moved> move(JobId id, String queue, boolean toFront) {
        return redis.list(
                        MOVE,
                        attempt -> Args.of(redis.keys())
                                .add(id.value())
                                .add(queue)
                                .add(toFront ? 1 : 0)
                                .add(attempt))
                .map(answers -> Moved.of(answers.get(0)));
    }
}
