package dev.rq4j.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** One run of a redis-server, under a shell that ends it together with this JVM. */
final class RedisProcess {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final int TAIL = 2_000;
    /** What a server says, and a sentinel. */
    private static final List<String> READY = List.of("Ready to accept connections", "Sentinel ID is");

    /** Where there is setsid, Ctrl-C reaches the JVM only, which can then still work with the server while it stops. */
    private static final String OWN_SESSION = "exec $(command -v setsid) sh -c \"$0\" redis \"$@\"";

    /** Runs the server until it ends, or until the other end of standard input is gone: closed, or its JVM dead. */
    private static final String SUPERVISOR = """
            directory=$1; shift
            exec 3<&0
            "$@" >>"$directory/log" 2>&1 3<&- & server=$!
            echo $server
            trap '' HUP INT TERM
            { cat <&3 >/dev/null; rm -rf "$directory"; kill -9 $server; } & watch=$!
            wait $server
            kill -9 $watch
            """;

    private final Process supervisor;
    private final long pid;

    private RedisProcess(Process supervisor) throws IOException {
        this.supervisor = supervisor;
        this.pid = Long.parseLong(supervisor.inputReader().readLine());
    }

    /** Returns when the server accepts connections; throws with the end of its log if it does not. */
    static RedisProcess start(Path directory, List<String> command) {
        try {
            Path log = directory.resolve("log");
            Files.writeString(log, "");
            List<String> shell = new ArrayList<>(List.of("sh", "-c", OWN_SESSION, SUPERVISOR, directory.toString()));
            shell.addAll(command);
            RedisProcess redis = new RedisProcess(
                    new ProcessBuilder(shell).redirectError(Redirect.DISCARD).start());
            redis.awaitReady(command, log);
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady(List<String> command, Path log) throws IOException {
        long start = System.nanoTime();
        while (READY.stream().noneMatch(Files.readString(log)::contains)) {
            if (!supervisor.isAlive() || System.nanoTime() - start > START_TIMEOUT.toNanos()) {
                String text = Files.readString(log);
                end();
                throw new IllegalStateException("no start of " + String.join(" ", command) + "\n"
                        + text.substring(Math.max(0, text.length() - TAIL)));
            }
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid)
                    .redirectError(Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the server, keeps its files. */
    void kill() {
        if (supervisor.isAlive()) {
            signal("KILL");
            supervisor.onExit().join();
        }
    }

    /** Kills the server and deletes its files. */
    void end() {
        try (OutputStream stdin = supervisor.getOutputStream()) {
            stdin.flush();
        } catch (IOException e) {
            // the shell is gone already
        }
        supervisor.onExit().join();
    }
}
