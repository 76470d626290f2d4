package dev.rq4j.examples.chaos;

import dev.rq4j.embedded.EmbeddedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The Redis that all of them lean on. It appends everything to a file, and says of nothing that it is done before it is on
 * the disk; the file is never rewritten, so that it is the history of all that was done.
 */
final class Server implements AutoCloseable {

    private static final String BUSY = """
            local function now() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
            local ends = now() + ARGV[1]
            repeat until now() >= ends
            """;

    private final EmbeddedRedis redis;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    Server() {
        this.redis = EmbeddedRedis.start(
                "--appendonly", "yes",
                "--appendfsync", "always",
                "--auto-aof-rewrite-percentage", "0",
                "--busy-reply-threshold", "500");
        this.client = RedisClient.create(redis.uri());
        this.connection = client.connect();
    }

    int port() {
        return redis.port();
    }

    /** Kills it and starts it again. */
    void kill() {
        redis.restart();
    }

    /**
     * Cuts its power: what nobody was told of may be gone, up to any byte. From here to the cut Redis works on for this long,
     * but no answer comes through.
     */
    void cutPower(Link link, Duration unheard, RandomGenerator random) throws IOException {
        link.silence();
        long told = Files.size(history());
        LockSupport.parkNanos(unheard.toNanos());
        redis.kill();
        try (FileChannel file = FileChannel.open(history(), StandardOpenOption.WRITE)) {
            file.truncate(told + (long) (random.nextDouble() * (file.size() - told)));
        }
        link.cut();
        link.heal();
        redis.restart();
    }

    /** Lets it take no more than it has. */
    void fill() {
        String used = info("memory", "used_memory");
        redis().configSet("maxmemory", used);
    }

    /** Gives it room again. */
    void makeRoom() {
        redis().configSet("maxmemory", "0");
    }

    /** Keeps it busy with one script for so long. */
    void keepBusy(Duration time) {
        try {
            redis().eval(BUSY, ScriptOutputType.STATUS, new String[0], Long.toString(time.toMillis()));
        } catch (RedisException slow) {
            // it answers later than the driver waits: that is what was wanted
        }
    }

    /** Returns how many jobs of these queues are yet to end. */
    long unfinished(List<String> queues) {
        long left = 0;
        for (String queue : queues) {
            left += redis().llen("rq:queue:" + queue);
            for (String registry : List.of("wip", "scheduled", "deferred")) {
                left += redis().zcard("rq:" + registry + ':' + queue);
            }
        }
        return left + redis().zcard("rq:rl:chaos:rate_limited") + redis().zcard("rq:rate:chaos:waiting");
    }

    /** Returns all keys, each with what is left of its time to live in seconds; -1 is none. */
    Map<String, Long> keys() {
        Map<String, Long> keys = new TreeMap<>();
        ScanIterator<String> names = ScanIterator.scan(redis(), ScanArgs.Builder.limit(1000));
        while (names.hasNext()) {
            String name = names.next();
            keys.put(name, redis().ttl(name));
        }
        return keys;
    }

    void push(String queue, String id, Map<String, String> hash) {
        redis().hset("rq:job:" + id, hash);
        redis().rpush("rq:queue:" + queue, id);
    }

    private String info(String section, String field) {
        return redis().info(section)
                .lines()
                .filter(line -> line.startsWith(field + ':'))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    /** Returns the file to which everything is appended. */
    Path history() throws IOException {
        try (Stream<Path> files = Files.list(redis.directory().resolve("appendonlydir"))) {
            return files.filter(file -> file.toString().endsWith(".incr.aof"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private RedisCommands<String, String> redis() {
        return connection.sync();
    }

    @Override
    public void close() {
        client.shutdown();
        redis.close();
    }
}
