package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Says who holds unique keys, and frees them. */
public final class UniqueStore {

    private static final LuaScript HOLDER = LuaScript.named("holder");
    private static final LuaScript FREE = LuaScript.named("free");

    private final Redis redis;

    UniqueStore(Redis redis) {
        this.redis = redis;
    }

    /** Emits the job that holds a key, which may be gone; nothing when the key is free. */
    public Mono<JobId> holder(String key) {
        return redis.list(HOLDER, Args.of(redis.keys()).add(key))
                .flatMap(answer -> answer.isEmpty() ? Mono.empty() : Mono.just(JobId.of(Answers.text(answer.get(0)))));
    }

    /** Frees a key and emits whether somebody held it. */
    public Mono<Boolean> free(String key) {
        return Mono.defer(() -> {
            String token = UUID.randomUUID().toString();
            return redis.number(FREE, Args.of(redis.keys()).add(key).add(token)).map(answer -> answer == 1);
        });
    }
}
