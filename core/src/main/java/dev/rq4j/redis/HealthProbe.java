package dev.rq4j.redis;

import dev.rq4j.job.ServerHealth;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Says how the server is. Its trouble is an answer, and no error. */
public final class HealthProbe {

    /** Longer than a command may usually take, and shorter than whoever asks for health is willing to wait. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String UNKNOWN = "0".repeat(40);

    private final Redis redis;
    private final ServerCheck check;

    HealthProbe(Redis redis, ServerCheck check) {
        this.redis = redis;
        this.check = check;
    }

    /** Asks now, once, on the connection that all commands share. */
    public Mono<ServerHealth> health() {
        return Mono.defer(() -> redis.once(commands -> commands.ping()).timed().flatMap(pong -> look(pong.elapsed())))
                .timeout(
                        DEADLINE, Mono.fromSupplier(() -> ServerHealth.down("Redis gave no answer within " + DEADLINE)))
                .onErrorResume(error -> Mono.just(ServerHealth.down(String.valueOf(error.getMessage()))))
                .publishOn(Schedulers.parallel());
    }

    private Mono<ServerHealth> look(Duration roundTrip) {
        return redis.once(check::facts)
                .flatMap(facts -> rights().map(missing -> {
                    List<String> problems = new ArrayList<>(facts.problems());
                    problems.addAll(missing);
                    return new ServerHealth(
                            missing.isEmpty() && facts.takesWrites(),
                            facts.version().text(),
                            facts.role(),
                            facts.policy(),
                            facts.persistence(),
                            roundTrip,
                            problems);
                }));
    }

    /** Asks for a script that nobody knows, on the keys of this prefix: emits what else is said than that. */
    private Mono<List<String>> rights() {
        String[] keys = {redis.keys().queues()};
        return redis.once(commands ->
                        commands.evalsha(UNKNOWN, ScriptOutputType.STATUS, keys).then())
                .<List<String>>thenReturn(List.of())
                .onErrorResume(error -> Mono.just(
                        error.getCause() instanceof RedisNoScriptException
                                ? List.of()
                                : List.of(String.valueOf(error.getMessage()))));
    }
}
