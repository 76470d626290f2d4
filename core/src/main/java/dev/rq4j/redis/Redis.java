package dev.rq4j.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import io.lettuce.core.output.CommandOutput;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Runs scripts and reads on a shared connection, with typed errors. What is safe to repeat is repeated here, and only
 * here, while Redis is away for a moment: an answer that did not come does not mean that nothing was done.
 */
final class Redis {

    /** For how long a request is sent again before it is given up. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final RedisConnections connections;
    private final KeptConnection<StatefulRedisConnection<String, byte[]>> connection;
    private final Keys keys;
    private final Scheduler emitOn;

    /** Emits on this scheduler: what follows is somebody's code, which may not hold up the driver's threads. */
    Redis(RedisConnections connections, Keys keys, Scheduler emitOn) {
        this(connections, connections.commands(), keys, emitOn);
    }

    private Redis(
            RedisConnections connections,
            KeptConnection<StatefulRedisConnection<String, byte[]>> connection,
            Keys keys,
            Scheduler emitOn) {
        this.connections = connections;
        this.connection = connection;
        this.keys = keys;
        this.emitOn = emitOn;
    }

    /** Returns the same on the connection for leases. */
    Redis forLeases() {
        return new Redis(connections, connections.leases(), keys, emitOn);
    }

    /** Returns the same, which emits on the driver's threads: for our own code, which is quick. */
    Redis onDriver() {
        return new Redis(connections, connection, keys, Schedulers.immediate());
    }

    Keys keys() {
        return keys;
    }

    RedisConnections connections() {
        return connections;
    }

    /** Runs a script that answers with a number. */
    Mono<Long> number(LuaScript script, Args args) {
        return repeating(attempt -> run(script, LuaScript.NUMBER, args));
    }

    /** Runs a script that answers with a number and has to know which attempt this is. */
    Mono<Long> number(LuaScript script, Function<Sending, Args> args) {
        return sending(sending -> run(script, LuaScript.NUMBER, args.apply(sending)));
    }

    /** Runs a script that answers with a list. */
    Mono<List<Object>> list(LuaScript script, Args args) {
        return repeating(attempt -> run(script, LuaScript.LIST, args));
    }

    /** Runs a script that has to know which attempt this is. */
    Mono<List<Object>> list(LuaScript script, Function<Sending, Args> args) {
        return sending(sending -> run(script, LuaScript.LIST, args.apply(sending)));
    }

    /** Runs a script that answers with a list of so many: one that is shorter or longer is the answer to something else. */
    Mono<List<Object>> list(LuaScript script, Args args, int count) {
        return repeating(attempt -> once(script, args, answers -> answers.size() == count));
    }

    /** Runs a script once: for callers that repeat it by a rule of their own. */
    Mono<List<Object>> once(LuaScript script, Args args) {
        return run(script, LuaScript.LIST, args);
    }

    /**
     * Runs a script once, whose answers show what they answer: one that is to something else means that the answers on the
     * connection have fallen out of step. It is given up then, and nothing is known of what was asked.
     */
    Mono<List<Object>> once(LuaScript script, Args args, Predicate<List<Object>> answers) {
        return once(redis -> script.run(redis, LuaScript.LIST, keys.queues(), args.toArray())
                .filter(answers)
                .switchIfEmpty(Mono.error(AnswersOutOfStep::new)));
    }

    /** Reads with one command or a few. */
    <T> Mono<T> read(Function<RedisReactiveCommands<String, byte[]>, Mono<T>> command) {
        return repeating(attempt -> once(command));
    }

    /** Reads many values with one command. */
    <T> Flux<T> readAll(Function<RedisReactiveCommands<String, byte[]>, Publisher<T>> command) {
        return read(redis -> Flux.from(command.apply(redis)).collectList()).flatMapIterable(Function.identity());
    }

    private <T> Mono<T> run(LuaScript script, Supplier<CommandOutput<String, byte[], T>> answer, Args args) {
        return once(redis -> script.run(redis, answer, keys.queues(), args.toArray()));
    }

    /** Sends one command and never repeats it: when its answer is lost, it is not known whether it arrived. */
    <T> Mono<T> send(Function<RedisReactiveCommands<String, byte[]>, Mono<T>> command) {
        return emitted(once(command));
    }

    /** Sends a command or a few, and never repeats them. */
    <T> Mono<T> once(Function<RedisReactiveCommands<String, byte[]>, Mono<T>> command) {
        return connection.use(open -> command.apply(open.reactive()));
    }

    private <T> Mono<T> sending(Function<Sending, Mono<T>> attempt) {
        return Mono.defer(() -> {
            String token = UUID.randomUUID().toString();
            return repeating(number -> attempt.apply(new Sending(token, number)));
        });
    }

    private <T> Mono<T> repeating(IntFunction<Mono<T>> attempt) {
        Mono<T> repeated = Mono.defer(() -> {
            AtomicInteger count = new AtomicInteger();
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            return Mono.defer(() -> attempt.apply(count.incrementAndGet()))
                    .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(20))
                            .maxBackoff(Duration.ofSeconds(1))
                            .jitter(0.5)
                            .filter(error -> RedisErrors.isTransient(error) && System.nanoTime() < giveUp));
        });
        return emitted(repeated);
    }

    /** Returns the same, emitted where the answers of this are. */
    <T> Mono<T> emitted(Mono<T> mono) {
        return emitOn == Schedulers.immediate() ? mono : mono.publishOn(emitOn);
    }
}
