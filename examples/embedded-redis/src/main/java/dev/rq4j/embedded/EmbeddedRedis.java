package dev.rq4j.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real redis-server for tests and examples, on a free port of 127.0.0.1, without persistence.
 *
 * <p>It ends with this JVM, even if the JVM is killed. The server is the one that {@code -Drq4j.redis-server} or
 * {@code RQ4J_REDIS_SERVER} names, else the bundled Redis 7.0.15 (Linux and macOS), else one on the PATH.
 */
public final class EmbeddedRedis implements AutoCloseable {

    private static final int ATTEMPTS = 10;
    /** As C libraries word it: of the port, or of that for the bus of a cluster. */
    private static final Pattern IN_USE = Pattern.compile("Address (already )?in use");

    private final int port;
    private final String scheme;
    private final Path directory;
    private final List<String> command;
    private RedisProcess process;

    private EmbeddedRedis(Path server, boolean tls, String... redisArguments) {
        this.port = freePort();
        this.scheme = tls ? "rediss" : "redis";
        this.directory = temporaryDirectory();
        this.command = command(server, tls, redisArguments);
        this.process = launch();
    }

    /** Starts a server and waits until it accepts connections. */
    public static EmbeddedRedis start() {
        return start(new String[0]);
    }

    /** Starts a server with more arguments, such as {@code "--appendonly", "yes"}. */
    public static EmbeddedRedis start(String... redisArguments) {
        return start(RedisBinary.find(), false, redisArguments);
    }

    /** Starts this server, which need not be the one that others start. */
    public static EmbeddedRedis start(Path server, String... redisArguments) {
        return start(server, false, redisArguments);
    }

    /**
     * Starts a server that speaks TLS and nothing else, with arguments that name its certificate and so on. The bundled one
     * cannot: see {@link #speaksTls()}.
     */
    public static EmbeddedRedis startTls(String... redisArguments) {
        return start(RedisBinary.find(), true, redisArguments);
    }

    /** Returns whether the server that would be started can speak TLS. */
    public static boolean speaksTls() {
        return RedisBinary.speaksTls();
    }

    private static EmbeddedRedis start(Path server, boolean tls, String... redisArguments) {
        for (int attempt = 1; ; attempt++) {
            try {
                return new EmbeddedRedis(server, tls, redisArguments);
            } catch (IllegalStateException e) {
                if (attempt == ATTEMPTS
                        || !IN_USE.matcher(String.valueOf(e.getMessage())).find()) {
                    throw e;
                }
            }
        }
    }

    /** The address of the server: {@code redis://127.0.0.1:port}, or {@code rediss://} where it speaks TLS. */
    public String uri() {
        return scheme + "://127.0.0.1:" + port;
    }

    /** The port of the server; a restart keeps it. */
    public int port() {
        return port;
    }

    /** Where the server keeps its files, such as the append-only one; deleted when it is closed. */
    public Path directory() {
        return directory;
    }

    /** Kills the server as a crash would and waits until it is gone; {@link #restart()} brings it back. */
    public synchronized void kill() {
        process.kill();
    }

    /** Halts the server where it is: connections stay open and nothing answers. */
    public synchronized void freeze() {
        process.signal("STOP");
    }

    /** Lets a frozen server go on. */
    public synchronized void thaw() {
        process.signal("CONT");
    }

    /** Kills the server if it runs and starts it again on the same port; only an append-only file keeps its data. */
    public synchronized void restart() {
        process.kill();
        process = launch();
    }

    /** Ends the server and deletes its files. */
    @Override
    public synchronized void close() {
        process.end();
        delete(directory);
    }

    private RedisProcess launch() {
        try {
            return RedisProcess.start(directory, command);
        } catch (RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    private List<String> command(Path binary, boolean tls, String... redisArguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "--bind", "127.0.0.1"));
        command.addAll(List.of("--port", tls ? "0" : Integer.toString(port), "--dir", directory.toString()));
        if (tls) {
            command.addAll(List.of("--tls-port", Integer.toString(port)));
        }
        command.addAll(List.of("--save", "", "--appendonly", "no"));
        command.addAll(List.of(redisArguments));
        return command;
    }

    /** Below the ports that systems give to clients, so that no connection can take it while the server is down. */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken, try another
            }
        }
    }

    static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("rq4j-redis-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // left to the system, like any temporary file
        }
    }
}
