package dev.rq4j.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real Sentinel for tests, which watches one master and its replicas; it ends with this JVM, even if that is killed. */
public final class EmbeddedSentinel implements AutoCloseable {

    private final int port;
    private final String master;
    private final Path directory;
    private final RedisProcess process;

    private EmbeddedSentinel(String master, EmbeddedRedis watched) {
        this.port = EmbeddedRedis.freePort();
        this.master = master;
        this.directory = EmbeddedRedis.temporaryDirectory();
        this.process = launch(watched);
    }

    /** Starts a sentinel that knows this server by this name, and elects another when it has been away for a second. */
    public static EmbeddedSentinel watching(String master, EmbeddedRedis watched) {
        return new EmbeddedSentinel(master, watched);
    }

    /** The address of the master, whichever it is: {@code redis-sentinel://127.0.0.1:port#master}. */
    public String uri() {
        return "redis-sentinel://127.0.0.1:" + port + "#" + master;
    }

    /** The port of the sentinel itself. */
    public int port() {
        return port;
    }

    /** Ends the sentinel and deletes its files. */
    @Override
    public void close() {
        process.end();
        EmbeddedRedis.delete(directory);
    }

    private RedisProcess launch(EmbeddedRedis watched) {
        try {
            // It writes into this file what it finds out.
            Path file = Files.writeString(
                    directory.resolve("sentinel.conf"), """
                    bind 127.0.0.1
                    port %d
                    dir %s
                    sentinel monitor %s 127.0.0.1 %d 1
                    sentinel down-after-milliseconds %s 1000
                    """.formatted(port, directory, master, watched.port(), master));
            return RedisProcess.start(directory, List.of(RedisBinary.find().toString(), file.toString(), "--sentinel"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
