package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.embedded.EmbeddedSentinel;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A master, its two replicas, and the three sentinels that watch them. */
final class WatchedRedis implements AutoCloseable {

    private static final String NAME = "main";
    private static final int SENTINELS = 3;
    private static final List<String> AT_ONCE = List.of("--repl-diskless-sync-delay", "0");

    private final EmbeddedRedis master;
    private final List<EmbeddedRedis> replicas;
    private final List<EmbeddedSentinel> sentinels;
    private final RedisClient driver = RedisClient.create();
    private final List<RedisSentinelCommands<String, String>> watches;

    /** Starts them, all servers with these arguments, and waits until all know of each other. */
    WatchedRedis(String... arguments) {
        this.master = start(arguments);
        String[] following = Stream.concat(
                        Stream.of(arguments), Stream.of("--replicaof", "127.0.0.1", "" + master.port()))
                .toArray(String[]::new);
        this.replicas = List.of(start(following), start(following));
        awaitReplicas();
        this.sentinels = IntStream.range(0, SENTINELS)
                .mapToObj(i -> EmbeddedSentinel.watching(NAME, master))
                .toList();
        this.watches = sentinels.stream()
                .map(sentinel -> driver.connectSentinel(RedisURI.create("127.0.0.1", sentinel.port()))
                        .sync())
                .toList();
        // Else each of them may take a leader of its own, and fail over twice.
        watches.forEach(watch -> watch.set(NAME, "quorum", "2"));
        Eventually.holds(() -> assertThat(watches)
                .allSatisfy(watch -> assertThat(watch.master(NAME))
                        .contains(Map.entry("num-other-sentinels", "2"), Map.entry("num-slaves", "2"))));
    }

    private static EmbeddedRedis start(String... arguments) {
        return EmbeddedRedis.start(
                Stream.concat(AT_ONCE.stream(), Stream.of(arguments)).toArray(String[]::new));
    }

    /** A sentinel asks the master for them at once, and then every ten seconds. */
    private void awaitReplicas() {
        try (RawRedis raw = new RawRedis(master.uri(), "rq")) {
            assertThat(raw.commands().waitForReplication(2, Eventually.DEADLINE.toMillis()))
                    .isEqualTo(2);
        }
    }

    /** The address of the master, whichever it is, for a client of this name. */
    String uri(String clientName) {
        return sentinels.stream()
                .map(sentinel -> "127.0.0.1:" + sentinel.port())
                .collect(Collectors.joining(",", "redis-sentinel://", "?clientName=" + clientName + "#" + NAME));
    }

    /** Who was the master at first. */
    EmbeddedRedis first() {
        return master;
    }

    List<EmbeddedRedis> replicas() {
        return replicas;
    }

    /** Returns the server that all sentinels take for the master once it is not the first. */
    EmbeddedRedis next() {
        Eventually.holds(() -> assertThat(watches)
                .allSatisfy(watch ->
                        assertThat(port(watch)).isNotEqualTo(master.port()).isEqualTo(port(watches.get(0)))));
        int port = port(watches.get(0));
        return replicas.stream()
                .filter(replica -> replica.port() == port)
                .findFirst()
                .orElseThrow();
    }

    /** Tells a sentinel, and not the first that clients ask, to make another the master. */
    void failOver() {
        Eventually.holds(() ->
                assertThatCode(() -> watches.get(SENTINELS - 1).failover(NAME)).doesNotThrowAnyException());
    }

    private static int port(RedisSentinelCommands<String, String> watch) {
        return Integer.parseInt(watch.master(NAME).get("port"));
    }

    @Override
    public void close() {
        driver.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        sentinels.forEach(EmbeddedSentinel::close);
        replicas.forEach(EmbeddedRedis::close);
        master.close();
    }
}
