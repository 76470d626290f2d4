package dev.rq4j.examples.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One Python that runs snippets one after the other: to start another for each takes long. */
final class PythonSession implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final Writer writer;
    private final BufferedReader reader;

    PythonSession(PythonRq python, Map<String, String> environment) {
        this.process = python.start(environment, List.of("-m", "session"), Redirect.PIPE);
        this.writer = process.outputWriter(UTF_8);
        this.reader = process.inputReader(UTF_8);
    }

    /** Runs a snippet that begins with all that {@code bench.py} has, and returns what it printed. */
    synchronized String run(String code, Object... arguments) {
        CompletableFuture<Void> patience =
                new CompletableFuture<Void>().completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS);
        patience.thenRun(process::destroyForcibly);
        try {
            writer.write(Stream.concat(Stream.of(code), Stream.of(arguments).map(String::valueOf))
                    .map(word -> Base64.getEncoder().encodeToString(word.getBytes(UTF_8)))
                    .collect(Collectors.joining(" ", "", "\n")));
            writer.flush();
            String answer = reader.readLine();
            if (answer == null) {
                throw new IllegalStateException("Python ended, or took too long");
            }
            String[] words = answer.split(" ", -1);
            String printed = new String(Base64.getDecoder().decode(words[1]), UTF_8).stripTrailing();
            if (!words[0].equals("well")) {
                throw new IllegalStateException("Python says " + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            patience.cancel(false);
        }
    }

    @Override
    public void close() {
        PythonRq.end(process);
    }
}
