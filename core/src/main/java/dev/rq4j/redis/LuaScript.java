package dev.rq4j.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * One script: its text and the digest by which it is called. A server that does not know it, after a restart or a failover,
 * is sent the text once.
 */
final class LuaScript {

    private final String text;
    private final String digest;
    /** The connections on which somebody is sending the text, and who waits for that. */
    private final Map<RedisReactiveCommands<String, byte[]>, CompletableFuture<Void>> teaching =
            new ConcurrentHashMap<>();

    private LuaScript(String text) {
        this.text = text;
        this.digest = sha1(text);
    }

    /** Loads the script that is named by its verb. */
    static LuaScript named(String verb) {
        return new LuaScript(LuaText.of(verb));
    }

    /** Runs the script and emits what it returns: a number, bytes, or a list of these; nothing for nil. */
    <T> Mono<T> run(RedisReactiveCommands<String, byte[]> redis, ScriptOutputType type, String key, byte[][] args) {
        return this.<T>byDigest(redis, type, key, args)
                .onErrorResume(RedisNoScriptException.class, unknown -> teach(redis, type, key, args));
    }

    /** Whoever comes first sends the text; ten thousand who find a server that knows nothing do not send it each. */
    private <T> Mono<T> teach(
            RedisReactiveCommands<String, byte[]> redis, ScriptOutputType type, String key, byte[][] args) {
        return Mono.defer(() -> {
            CompletableFuture<Void> known = new CompletableFuture<>();
            CompletableFuture<Void> soon = teaching.putIfAbsent(redis, known);
            if (soon != null) {
                return Mono.fromFuture(soon, true)
                        .then(this.<T>byDigest(redis, type, key, args))
                        .onErrorResume(RedisNoScriptException.class, again -> byText(redis, type, key, args));
            }
            return Mono.usingWhen(
                    Mono.just(known),
                    one -> this.<T>byText(redis, type, key, args),
                    one -> Mono.fromRunnable(() -> taught(redis, one)));
        });
    }

    private void taught(RedisReactiveCommands<String, byte[]> redis, CompletableFuture<Void> known) {
        teaching.remove(redis);
        known.complete(null);
    }

    private <T> Mono<T> byDigest(
            RedisReactiveCommands<String, byte[]> redis, ScriptOutputType type, String key, byte[][] args) {
        return redis.<T>evalsha(digest, type, new String[] {key}, args).next();
    }

    private <T> Mono<T> byText(
            RedisReactiveCommands<String, byte[]> redis, ScriptOutputType type, String key, byte[][] args) {
        return redis.<T>eval(text, type, new String[] {key}, args).next();
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
