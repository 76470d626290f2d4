package dev.rq4j.examples.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of a Redis, which can be set. It takes a C compiler and a redis-server on the PATH that loads libraries;
 * the one that comes with the tests does not.
 *
 * @param server what to start in place of redis-server
 * @param shift where it is written by how much the clock is wrong
 */
record Clock(Path server, Path shift) {

    /** Makes one in this directory, if that can be done here. */
    static Optional<Clock> in(Path directory) throws IOException {
        Optional<Path> redis = onPath("redis-server");
        Optional<Path> compiler = onPath("cc");
        Path source = directory.resolve("clock.c");
        Path library = directory.resolve("clock.so");
        if (redis.isEmpty() || compiler.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream text = Clock.class.getResourceAsStream("clock.c")) {
            Files.write(source, text.readAllBytes());
        }
        Process compiled = new ProcessBuilder(
                        compiler.get().toString(), "-shared", "-fPIC", "-O2", "-o", library + "", source + "")
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        if (compiled.onExit().join().exitValue() != 0) {
            return Optional.empty();
        }
        Clock clock = new Clock(directory.resolve("redis-with-clock"), directory.resolve("clock-shift"));
        clock.set(Duration.ZERO);
        String script = "#!/bin/sh\nCLOCK_SHIFT='%s' LD_PRELOAD='%s' exec '%s' \"$@\"\n";
        Files.writeString(clock.server, script.formatted(clock.shift, library, redis.get()));
        return clock.server.toFile().setExecutable(true) ? Optional.of(clock) : Optional.empty();
    }

    /** Has it wrong by this much, from now on. */
    void set(Duration wrong) throws IOException {
        ByteBuffer millis = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        Files.write(
                shift, millis.putLong(wrong.toMillis()).array(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", ""))
                .flatMap(path -> Arrays.stream(path.split(":")))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
