package dev.rq4j;

import dev.rq4j.job.JobId;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.Engine;
import reactor.core.publisher.Mono;

/** The key of unique jobs, seen from outside: see {@link Unique}. */
public final class UniqueKey {

    private final Engine engine;
    private final String key;

    UniqueKey(Engine engine, String key) {
        this.engine = engine;
        this.key = key;
    }

    /** Returns the key. */
    public String key() {
        return key;
    }

    /**
     * Emits the job that holds the key now; completes empty when the key is free. One that holds it for a time may have
     * ended, or be gone. Cancelling stops the asking.
     */
    public Mono<JobId> holder() {
        return engine.uniques().holder(key);
    }

    /**
     * Frees the key before its time, whoever holds it, and emits whether somebody did. The job itself goes its way, whether
     * it waits, runs or has ended, while the next one may take the key. Sent again because its answer was lost, it frees no
     * key that somebody has taken since. Once subscribed to, cancelling does not recall it.
     */
    public Mono<Boolean> free() {
        return engine.uniques().free(key);
    }

    @Override
    public String toString() {
        return "UniqueKey[" + key + "]";
    }
}
