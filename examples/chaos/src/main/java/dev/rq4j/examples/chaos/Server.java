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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The Redis that all of them lean on. It appends everything to a file, and says of nothing that it is done before it is on
 * the disk. When the file is long a new one is begun, or each start would take longer than the one before; the old ones are
 * kept aside, so that all of them together are the history of what was done.
 */
final class Server implements AutoCloseable {

    private static final String BUSY = """
            local function now() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
            local ends = now() + ARGV[1]
            repeat until now() >= ends
            """;

    private static final String INCREMENT = ".incr.aof";
    private static final long LONG = 32 << 20;
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private static final String[] SETTINGS = {
        "--appendonly", "yes",
        "--appendfsync", "always",
        "--auto-aof-rewrite-percentage", "0",
        "--busy-reply-threshold", "500"
    };

    private final Path archive;
    private final Optional<Clock> clock;
    private final EmbeddedRedis redis;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    /** Keeps the history in this directory, which is on the same disk. */
    Server(Path archive) throws IOException {
        this.archive = archive;
        this.clock = Clock.in(archive);
        this.redis = clock.map(with -> EmbeddedRedis.start(with.server(), SETTINGS))
                .orElseGet(() -> EmbeddedRedis.start(SETTINGS));
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
        Path newest = files().last();
        long told = Files.size(newest);
        LockSupport.parkNanos(unheard.toNanos());
        redis.kill();
        try (FileChannel file = FileChannel.open(newest, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file.truncate(told + (long) (random.nextDouble() * (file.size() - told)));
            file.truncate(TornFile.sound(file));
        }
        link.cut();
        link.heal();
        redis.restart();
    }

    /** Starts it again without anything that it knew; the history is kept. */
    void lose() throws IOException {
        history();
        redis.kill();
        try (Stream<Path> files = Files.list(files().last().getParent())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
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

    /** Returns whether its clock can be set. */
    boolean hasClock() {
        return clock.isPresent();
    }

    /** Has its clock wrong by this much. */
    void setClock(Duration wrong) throws IOException {
        clock.orElseThrow().set(wrong);
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

    /** Begins a new file when the one that is written to is long, and returns when that is done. */
    void shorten() throws IOException {
        if (Files.size(files().last()) < LONG) {
            return;
        }
        history();
        redis().bgrewriteaof();
        while (!info("persistence", "aof_rewrite_in_progress").equals("0")
                || !info("persistence", "aof_rewrite_scheduled").equals("0")) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /** Returns the files to which everything was appended, from the first to the last. */
    NavigableSet<Path> history() throws IOException {
        for (Path file : files()) {
            Path kept = archive.resolve(file.getFileName());
            if (!Files.exists(kept)) {
                Files.createLink(kept, file);
            }
        }
        return incrementsIn(archive);
    }

    private NavigableSet<Path> files() throws IOException {
        return incrementsIn(redis.directory().resolve("appendonlydir"));
    }

    private static NavigableSet<Path> incrementsIn(Path directory) throws IOException {
        NavigableSet<Path> increments = new TreeSet<>(Comparator.comparingInt(Server::number));
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(INCREMENT)).forEach(increments::add);
        }
        return increments;
    }

    /** The name is {@code appendonly.aof.<number>.incr.aof}. */
    private static int number(Path increment) {
        String name = increment.getFileName().toString();
        String rest = name.substring(0, name.length() - INCREMENT.length());
        return Integer.parseInt(rest.substring(rest.lastIndexOf('.') + 1));
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
