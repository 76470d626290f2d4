package dev.rq4j.examples.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.examples.benchmark.Work.Order;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What there would be without rq4j: three scripts that do the least that has to be done to the keys of Python RQ, over one
 * connection on which nobody waits for an answer before sending the next. No leases that end, retries, limits, dependents,
 * or events, and nothing that makes a second attempt harmless.
 */
final class Floor implements AutoCloseable {

    private static final byte[] QUEUE = bytes("rq:queue:" + Work.QUEUE);
    private static final byte[] RUNNING = bytes("rq:wip:" + Work.QUEUE);
    private static final byte[] FINISHED = bytes("rq:finished:" + Work.QUEUE);
    private static final int KEPT = 500;
    private static final int LEASE = 90;

    private final RedisClient client;
    private final RedisAsyncCommands<byte[], byte[]> redis;
    private final String enqueue;
    private final String claim;
    private final String finish;
    private final byte[] data;
    private final byte[] result;

    Floor(String uri) throws IOException {
        PayloadCodec codec = JacksonCodec.create();
        this.client = RedisClient.create(uri);
        this.redis = client.connect(ByteArrayCodec.INSTANCE).async();
        this.enqueue = load("enqueue");
        this.claim = load("claim");
        this.finish = load("finish");
        this.data = codec.encodeCall(Work.TASK.name(), Order.ofBytes(Work.USUAL), false);
        this.result = Base64.getEncoder().encode(codec.encodeValue(Work.DONE));
    }

    private String load(String script) throws IOException {
        try (InputStream file = Floor.class.getResourceAsStream(script + ".lua")) {
            if (file == null) {
                throw new IOException("there is no script " + script);
            }
            return redis.scriptLoad(file.readAllBytes()).toCompletableFuture().join();
        }
    }

    CompletionStage<?> ping() {
        return redis.ping();
    }

    CompletionStage<?> enqueue(int jobs) {
        byte[][] args = new byte[1 + 2 * jobs][];
        args[0] = now();
        for (int i = 0; i < jobs; i++) {
            args[1 + 2 * i] = bytes(UUID.randomUUID().toString());
            args[2 + 2 * i] = data;
        }
        return redis.evalsha(enqueue, ScriptOutputType.INTEGER, new byte[][] {QUEUE}, args);
    }

    /** Emits ids and data in turn. */
    CompletionStage<List<byte[]>> claim(int jobs) {
        return redis.evalsha(
                claim,
                ScriptOutputType.MULTI,
                new byte[][] {QUEUE, RUNNING},
                bytes(jobs),
                bytes(seconds() + LEASE),
                now());
    }

    CompletionStage<?> finish(byte[] id) {
        return redis.evalsha(
                finish,
                ScriptOutputType.INTEGER,
                new byte[][] {RUNNING, FINISHED},
                id,
                result,
                now(),
                bytes(KEPT),
                bytes(seconds() + KEPT));
    }

    private static byte[] now() {
        return bytes(Instant.now().toString());
    }

    private static long seconds() {
        return System.currentTimeMillis() / 1000;
    }

    private static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
