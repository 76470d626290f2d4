package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Looks at a server before it is used: too old a one is refused, and one that drops keys when its memory is full, since it
 * would drop jobs, unless that was allowed. Once one was taken, another that drops keys is only warned of: it may do so some
 * day, and who is at work already would lose everything at once. What this user may not ask for counts as good. Where no
 * {@code maxmemory} is set nothing is ever dropped, and the policy does not matter.
 */
final class ServerCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);

    private final boolean evictionAllowed;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean working;

    ServerCheck(boolean evictionAllowed) {
        this.evictionAllowed = evictionAllowed;
    }

    /** Completes, or signals that this server cannot be worked with. Says once what was found. */
    Mono<Void> accept(StatefulRedisConnection<String, byte[]> connection) {
        return facts(connection.reactive()).flatMap(facts -> {
            if (told.compareAndSet(false, true)) {
                LOG.info("connected: {}", facts);
            }
            return eviction(facts).then(facts.version().check()).doOnSuccess(taken -> working = true);
        });
    }

    private Mono<Void> eviction(ServerFacts facts) {
        if (!facts.mayEvict() || evictionAllowed) {
            return Mono.empty();
        }
        JobException.ServerEvicting evicting = new JobException.ServerEvicting(facts.policy());
        if (!working) {
            return Mono.error(evicting);
        }
        LOG.warn("going on with a Redis that may drop jobs: {}", evicting.getMessage());
        return Mono.empty();
    }

    /** Asks the server what it is. */
    Mono<ServerFacts> facts(RedisReactiveCommands<String, byte[]> redis) {
        Mono<String> info = allowed(redis.info()).defaultIfEmpty("");
        Mono<Map<String, String>> config = allowed(
                        redis.configGet("maxmemory", "maxmemory-policy", "appendonly", "appendfsync", "save"))
                .defaultIfEmpty(Map.of());
        return Mono.zip(info, config, ServerFacts::of);
    }

    /** Managed servers forbid some commands by their rights, and have taken others away. */
    private static <T> Mono<T> allowed(Mono<T> question) {
        return question.onErrorMap(RedisErrors::typed)
                .onErrorComplete(error ->
                        error instanceof JobException.AccessDenied || error instanceof JobException.ServerError);
    }
}
