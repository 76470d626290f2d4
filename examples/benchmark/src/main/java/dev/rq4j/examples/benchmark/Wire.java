package dev.rq4j.examples.benchmark;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;

/** One connection, on which nobody waits for an answer before sending the next request. */
final class Wire implements AutoCloseable {

    private final RedisClient client;
    private final RedisAsyncCommands<byte[], byte[]> redis;

    Wire(String uri) {
        this.client = RedisClient.create(uri);
        this.redis = client.connect(ByteArrayCodec.INSTANCE).async();
    }

    RedisAsyncCommands<byte[], byte[]> redis() {
        return redis;
    }

    /** Makes a script known, and returns by what it is called. */
    String load(byte[] script) {
        return redis.scriptLoad(script).toCompletableFuture().join();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
