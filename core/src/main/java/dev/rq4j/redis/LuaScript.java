package dev.rq4j.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One script: its text and the digest by which it is called. A server that does not know it, after a restart or a failover,
 * is sent the text once.
 */
final class LuaScript {

    /** Reads an answer that is a number. */
    static final Supplier<CommandOutput<String, byte[], Long>> NUMBER =
            () -> new IntegerOutput<>(RedisConnections.CODEC);
    /** Reads an answer that is a list of numbers, bytes, nil, and lists of these. */
    static final Supplier<CommandOutput<String, byte[], List<Object>>> LIST =
            () -> new NestedMultiOutput<>(RedisConnections.CODEC);

    private final Supplier<String> source;
    private volatile @Nullable Loaded loaded;
    /** The connections on which somebody is sending the text, and who waits for that. */
    private final Map<RedisReactiveCommands<String, byte[]>, CompletableFuture<Void>> teaching =
            new ConcurrentHashMap<>();

    /** What is sent, and what is sent in its place to a server that knows it. */
    private record Loaded(String text, String digest) {}

    private LuaScript(Supplier<String> source) {
        this.source = source;
    }

    /** Returns the script that is named by its verb. Its parts are read now, and put together when it is first run. */
    static LuaScript named(String verb) {
        return new LuaScript(LuaText.reading(verb));
    }

    String text() {
        return loaded().text();
    }

    String digest() {
        return loaded().digest();
    }

    /** Most programs run few of all scripts. Who comes at the same time does the same. */
    private Loaded loaded() {
        Loaded known = loaded;
        if (known == null) {
            String text = source.get();
            known = new Loaded(text, sha1(text));
            loaded = known;
        }
        return known;
    }

    /** Runs the script and emits what it returns. */
    <T> Mono<T> run(
            RedisReactiveCommands<String, byte[]> redis,
            Supplier<CommandOutput<String, byte[], T>> answer,
            String key,
            byte[][] args) {
        Mono<T> byDigest = call(redis, CommandType.EVALSHA, answer, () -> new ScriptArgs(digest(), key, args));
        Mono<T> byText = call(redis, CommandType.EVAL, answer, () -> new ScriptArgs(text(), key, args));
        return byDigest.onErrorResume(RedisNoScriptException.class, unknown -> teach(redis, byDigest, byText));
    }

    /** Whoever comes first sends the text; ten thousand who find a server that knows nothing do not send it each. */
    private <T> Mono<T> teach(RedisReactiveCommands<String, byte[]> redis, Mono<T> byDigest, Mono<T> byText) {
        return Mono.defer(() -> {
            CompletableFuture<Void> known = new CompletableFuture<>();
            CompletableFuture<Void> soon = teaching.putIfAbsent(redis, known);
            if (soon != null) {
                return Mono.fromFuture(soon, true)
                        .then(byDigest)
                        .onErrorResume(RedisNoScriptException.class, again -> byText);
            }
            return Mono.usingWhen(Mono.just(known), one -> byText, one -> Mono.fromRunnable(() -> taught(redis, one)));
        });
    }

    private void taught(RedisReactiveCommands<String, byte[]> redis, CompletableFuture<Void> known) {
        teaching.remove(redis);
        known.complete(null);
    }

    private static <T> Mono<T> call(
            RedisReactiveCommands<String, byte[]> redis,
            CommandType command,
            Supplier<CommandOutput<String, byte[], T>> answer,
            Supplier<ScriptArgs> args) {
        return Mono.defer(
                () -> redis.<T>dispatch(command, answer.get(), args.get()).next());
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
