package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;

/**
 * Hashes that nobody should write, in every state: no worker dies of them, none of them is stuck, and good jobs among them
 * run. {@code -Dgarbage.jobs=100000} makes so many, {@code -Dgarbage.seed} others.
 */
@Isolated("it measures the heap")
class GarbageIT extends Scene {

    private static final int JOBS = Integer.getInteger("garbage.jobs", 2_000);
    private static final int BATCH = 1_000;
    private static final long SEED = Long.getLong("garbage.seed", 1);
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int GOOD = 20;

    private final Garbage garbage = new Garbage(SEED);

    @Test
    void garbageInAnyStateKillsNoWorkerAndHoldsNobodyUp() {
        // a handler that remembers nothing
        run(worker(jobs)
                .handle(ACT, Mono::just)
                .concurrency(32)
                .lease(Duration.ofSeconds(1))
                .maxRecoveries(1)
                .resultTtl(Duration.ofMinutes(1)));
        try (RedisClient client = RedisClient.create(RedisExtension.uri());
                StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            long before = 0;
            for (int done = 0; done < JOBS; done += BATCH) {
                List<JobHandle<String>> good = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    put(connection.sync(), garbage.id(done + i));
                    if (i % (BATCH / GOOD) == 0) {
                        good.add(enqueue("good"));
                    }
                }
                for (JobHandle<String> job : good) {
                    assertThat(job.result().block(DEADLINE)).isEqualTo("good");
                }
                awaitNothingWaits();
                before = before == 0 ? used() : before;
            }
            long growth = used() - before;
            System.out.println(JOBS + " hashes: the heap grew by " + growth / 1024 + " KB");
            assertThat(growth).as("growth of the heap").isLessThan(16 << 20);
        }
        assertThat(stuck()).as("what waits or runs, and is in no list").isEmpty();
    }

    private void put(RedisCommands<byte[], byte[]> raw, String id) {
        byte[] job = bytes(redis.key("job:" + id));
        if (garbage.chance(3)) {
            raw.del(job);
            raw.rpush(job, bytes("not a hash"));
        } else {
            raw.hset(job, garbage.hash(QUEUE, "queued"));
        }
        double now = redis.now();
        switch (garbage.below(8)) {
            case 0 -> {
                raw.hset(bytes(redis.key("job:moved-" + id)), garbage.hash(QUEUE, "scheduled"));
                raw.zadd(bytes(redis.key("scheduled:" + QUEUE)), now, bytes("moved-" + id));
            }
            case 1 -> {
                raw.hset(bytes(redis.key("job:left-" + id)), garbage.hash(QUEUE, "started"));
                raw.zadd(bytes(redis.key("wip:" + QUEUE)), now - 100, bytes("left-" + id + ":" + id));
            }
            case 2 -> raw.zadd(bytes(redis.key("failed:" + QUEUE)), now - 1, bytes(id));
            case 3 -> raw.zadd(bytes(redis.key("deadlines")), now - 1, bytes(id));
            default -> {}
        }
        raw.rpush(bytes(redis.key("queue:" + QUEUE)), bytes(id));
    }

    private void awaitNothingWaits() {
        long until = System.nanoTime() + DEADLINE.toNanos();
        do {
            Eventually.holds(() -> assertThat(redis.queue(QUEUE)).isEmpty());
            Eventually.holds(() -> assertThat(redis.commands().zcard(redis.key("wip:" + QUEUE)))
                    .isZero());
        } while (!redis.queue(QUEUE).isEmpty() && System.nanoTime() < until);
    }

    /** Returns jobs that wait in no queue though they say so, or that somebody had and nobody has. */
    private List<String> stuck() {
        List<String> stuck = new ArrayList<>();
        for (String key : redis.keys()) {
            if (key.startsWith("job:garbage")
                    && redis.commands().type(redis.key(key)).equals("hash")) {
                Map<String, String> hash = redis.hash(key);
                String status = hash.getOrDefault("status", "");
                boolean waits = status.equals("queued")
                        && redis.queue(hash.getOrDefault("origin", "")).contains(key.substring("job:".length()));
                boolean had = hash.containsKey("execution_id") && hash.containsKey("worker_name");
                if ((status.equals("queued") && !waits) || (status.equals("started") && had)) {
                    stuck.add(key + " " + hash.keySet());
                }
            }
        }
        return stuck;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
