package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What nobody should write into the books that jobs wait in, for their time, for others, for room and for a turn, and into
 * those of cron: no duty of a worker ends by it, nothing is stuck, and good jobs of each kind run.
 * {@code -Dgarbage.books=20000} makes so many, {@code -Dgarbage.seed} others.
 */
class GarbageInBooksIT extends Scene {

    private static final int ENTRIES = Integer.getInteger("garbage.books", 300);
    private static final int BATCH = 100;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final double[] SCORES = {
        -1, 0, 1e300, -1e300, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 9007199254740993d, 1e-320
    };
    private static final List<String> KEYS = List.of(
            "rate:%s",
            "rate:%s:waiting",
            "rate:%s:turns",
            "rl:%s",
            "rl:%s:allowed",
            "rl:%s:rate_limited",
            "unique:%s",
            "group:%s",
            "cron:%s",
            "cron_job:%s:jobs",
            "job:%s:dependents",
            "job::%s:dependencies",
            "results:%s",
            "log:%s",
            "worker:%s");

    private final Garbage garbage = new Garbage(Long.getLong("garbage.seed", 1));
    private RedisCommands<byte[], byte[]> raw;

    @Test
    void garbageInTheBooksHoldsNobodyUp() {
        get(jobs.cron().put(CronEntry.of("good", Schedule.every(Duration.ofSeconds(1)), QUEUE, ACT.request("tick"))));
        get(jobs.cron().put(CronEntry.of("model", Schedule.every(Duration.ofDays(1)), QUEUE, ACT.request("tick"))));
        try (Logs logs = new Logs();
                RedisClient client = RedisClient.create(RedisExtension.uri());
                StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            raw = connection.sync();
            run(worker().concurrency(32)
                    .lease(Duration.ofSeconds(1))
                    .maxRecoveries(1)
                    .resultTtl(Duration.ofMinutes(1)));
            for (int done = 0; done < ENTRIES; done += BATCH) {
                for (int i = 0; i < BATCH; i++) {
                    put("garbage-" + (done + i));
                }
                long ticks = get(jobs.cron().get("good")).runs().made();
                goodJobs("good-" + done)
                        .forEach(job -> assertThat(job.result().block(DEADLINE)).isEqualTo("good"));
                Eventually.holds(() ->
                        assertThat(get(jobs.cron().get("good")).runs().made()).isGreaterThan(ticks));
            }
            Eventually.holds(() -> assertThat(redis.queue(QUEUE)).isEmpty());
            Eventually.holds(() -> assertThat(stuck()).isEmpty());
            assertThat(redis.keys()).noneMatch(key -> key.endsWith(":"));
            assertThat(logs.all()).noneMatch(line -> line.contains("a duty of worker"));
        }
    }

    private void put(String id) {
        switch (garbage.below(8)) {
            case 0 -> scheduled(id);
            case 1 -> deferred(id);
            case 2 -> cron(id);
            case 3 -> paced(id);
            case 4 -> limited(id);
            case 5 -> ofAnotherType(id);
            case 6 -> remembered(id);
            default -> worker(id);
        }
    }

    private void scheduled(String id) {
        job(id, "scheduled", "not_before", "again_at_front", "enqueue_at_front", "unique_key", "rate_limit_key");
        list("scheduled:" + QUEUE, id);
    }

    private void deferred(String id) {
        job(
                id,
                "deferred",
                "run_if",
                "dependency_id",
                "dependency_ids",
                "on_parent_failure",
                "input_from",
                "expires_at");
        raw.sadd(key("job::" + id + ":dependencies"), garbage.value(), bytes(id));
        list("deferred:" + QUEUE, id);
    }

    private void cron(String id) {
        Map<byte[], byte[]> entry = new HashMap<>(raw.hgetall(key("cron:model")));
        List<byte[]> fields = new ArrayList<>(entry.keySet());
        for (int left = 1 + garbage.below(4); left > 0; left--) {
            entry.put(fields.get(garbage.below(fields.size())), garbage.value());
        }
        entry.put(
                bytes(List.of("planned", "paused", "last_run", "last_job", "runs")
                        .get(garbage.below(5))),
                garbage.value());
        raw.hset(key("cron:" + id), entry);
        list("cron", id);
    }

    private void paced(String id) {
        job(id, "rate_limited", "rate_count", "rate_period", "rate_turn", "rate_place", "rate_start");
        raw.hset(key("job:" + id), bytes("rate_key"), bytes(id));
        raw.lpush(key("rate:" + id), garbage.value(), garbage.value());
        raw.hset(key("rate:" + id + ":turns"), bytes(garbage.chance(50) ? "" : QUEUE), garbage.value());
        list("rate:" + id + ":waiting", id);
        list("rates", id);
    }

    private void limited(String id) {
        job(id, "rate_limited", "rate_limit_concurrency", "rate_turn", "enqueue_at_front");
        raw.hset(key("job:" + id), bytes("rate_limit_key"), bytes(id));
        raw.hset(key("rl:" + id), bytes("concurrency"), garbage.value());
        raw.sadd(key("rl-keys"), bytes(id));
        list("rl:" + id + (garbage.chance(50) ? ":rate_limited" : ":allowed"), id);
    }

    private void ofAnotherType(String id) {
        raw.set(key(KEYS.get(garbage.below(KEYS.size())).formatted(id)), garbage.value());
        Map<String, String> hash = new HashMap<>(Map.of("unique_key", id, "group_id", id, "status", "scheduled"));
        hash.put(garbage.chance(50) ? "rate_key" : "rate_limit_key", id);
        hash.put("origin", QUEUE);
        hash.put("data", new String(Garbage.CALL, UTF_8));
        redis.commands().hset(redis.key("job:" + id), hash);
        list("scheduled:" + QUEUE, id);
        list("cron", id);
    }

    private void remembered(String id) {
        raw.hset(key("resolving"), garbage.chance(50) ? bytes(id) : garbage.value(), garbage.value());
        job(id, "queued", "expires_at", "waited_until", "ttl");
        raw.rpush(key("queue:" + QUEUE), bytes(id));
        list("deadlines", id);
        raw.zadd(key("missed"), 1, garbage.value());
    }

    private void worker(String id) {
        raw.hset(key("worker:" + id), bytes("queues"), garbage.value());
        raw.hset(key("worker:" + id), bytes("last_heartbeat"), garbage.value());
        raw.sadd(key("workers"), key("worker:" + id), garbage.value());
        raw.sadd(key("group:" + id), garbage.value(), bytes(id));
        raw.sadd(key("groups"), bytes(id), garbage.value());
        raw.sadd(key("queues"), garbage.value());
        raw.publish(key("wake"), garbage.value());
        raw.publish(key("outcome:" + id), garbage.value());
    }

    /** A job that would be fine, but for one or two of these fields. */
    private void job(String id, String status, String... fields) {
        raw.hset(key("job:" + id), bytes("status"), bytes(status));
        raw.hset(key("job:" + id), bytes("data"), Garbage.CALL);
        raw.hset(key("job:" + id), bytes("created_at"), bytes("2026-01-01T00:00:00.000000Z"));
        if (!garbage.chance(10)) {
            raw.hset(key("job:" + id), bytes("origin"), bytes(QUEUE));
        }
        for (int left = 1 + garbage.below(2); left > 0; left--) {
            raw.hset(key("job:" + id), bytes(fields[garbage.below(fields.length)]), garbage.value());
        }
    }

    /** Lists it as due, or at a time that is none. */
    private void list(String set, String id) {
        double score = garbage.chance(50) ? redis.now() - 1 : SCORES[garbage.below(SCORES.length)];
        raw.zadd(key(set), score, garbage.chance(5) ? garbage.value() : bytes(id));
    }

    private List<JobHandle<String>> goodJobs(String key) {
        List<Consumer<JobOptions.Builder>> kinds = List.of(
                job -> {},
                job -> job.delay(Duration.ofMillis(10)),
                job -> job.limit(RateLimit.concurrency(key, 1)),
                job -> job.limit(RateLimit.concurrency(key, 1)),
                job -> job.limit(RateLimit.rate(key, 1, Duration.ofMillis(10))),
                job -> job.limit(RateLimit.rate(key, 1, Duration.ofMillis(10))),
                job -> job.ttl(Duration.ofMinutes(5)).group(key),
                job -> job.unique(Unique.untilEnded(key)));
        List<JobHandle<String>> good = new ArrayList<>();
        kinds.forEach(kind -> good.add(enqueue("good", kind)));
        good.add(enqueue(
                "good", job -> job.dependsOn(good.get(0).id(), good.get(1).id())));
        return good;
    }

    /** Returns jobs that wait in no queue though they say so, or that somebody had and nobody has. */
    private List<String> stuck() {
        List<String> waiting = redis.queue(QUEUE);
        return redis.keys().stream()
                .filter(key -> key.matches("job:garbage-\\d+"))
                .filter(key -> redis.commands().type(redis.key(key)).equals("hash"))
                .filter(key -> {
                    Map<String, String> hash = redis.hash(key);
                    String status = hash.getOrDefault("status", "");
                    return (status.equals("queued") && !waiting.contains(key.substring("job:".length())))
                            || (status.equals("started") && hash.containsKey("execution_id"));
                })
                .toList();
    }

    private byte[] key(String name) {
        return bytes(redis.key(name));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
