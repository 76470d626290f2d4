package dev.rq4j.examples.benchmark;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Redis as it sees itself, by what {@code INFO} says, over a connection that nothing else uses. */
final class Server implements AutoCloseable {

    private static final String STATISTICS = "cmdstat_";
    /** Where they stand in {@code calls=1,usec=2,...}. */
    private static final int CALLS = 1;

    private static final int MICROS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    /** Refuses a database with something in it: each round begins by emptying it. */
    Server(String uri) {
        this.client = RedisClient.create(uri);
        this.connection = client.connect();
        connection.setTimeout(PATIENCE);
        long keys = commands().dbsize();
        if (keys > 0) {
            close();
            throw new IllegalArgumentException("the database has " + keys + " keys: name one that is empty");
        }
    }

    void empty() {
        commands().flushdb();
    }

    /** Returns what it has done since it started, but for the looks at that. */
    Usage usage() {
        Map<String, String> info = info();
        double commands = info.keySet().stream()
                .filter(name -> name.startsWith(STATISTICS) && !name.equals(STATISTICS + "info"))
                .mapToDouble(name -> statistic(info, name, CALLS))
                .sum();
        return new Usage(
                statistic(info, STATISTICS + "evalsha", CALLS),
                commands,
                statistic(info, STATISTICS + "evalsha", MICROS),
                1e6 * (number(info, "used_cpu_user") + number(info, "used_cpu_sys")),
                number(info, "total_net_input_bytes"),
                number(info, "total_net_output_bytes"));
    }

    private static double statistic(Map<String, String> info, String name, int index) {
        String statistics = info.get(name);
        return statistics == null ? 0 : Double.parseDouble(statistics.split("[=,]", -1)[index]);
    }

    /** Returns how many bytes it uses. */
    long memory() {
        return (long) number(info(), "used_memory");
    }

    /** Returns how many clients are connected, this one too. */
    int clients() {
        return (int) number(info(), "connected_clients");
    }

    private Map<String, String> info() {
        Map<String, String> info = new HashMap<>();
        commands().info("all").lines().filter(line -> line.contains(":")).forEach(line -> {
            int colon = line.indexOf(':');
            info.put(line.substring(0, colon), line.substring(colon + 1));
        });
        return info;
    }

    private static double number(Map<String, String> info, String name) {
        String value = info.get(name);
        if (value == null) {
            throw new IllegalStateException("INFO does not say " + name);
        }
        return Double.parseDouble(value);
    }

    private RedisCommands<String, String> commands() {
        return connection.sync();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
