package dev.rq4j.examples.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file to which one process appends a line for each thing that it saw. Each line is one write to the system, so that what
 * is written stays when the process is killed the moment after. A line that was torn all the same is passed over.
 */
final class Ledger implements AutoCloseable {

    private static final String SUFFIX = ".ledger";

    private final FileChannel file;

    Ledger(Path directory, String name) {
        try {
            this.file = FileChannel.open(
                    directory.resolve(name + SUFFIX), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when the line is in the hands of the system. */
    void write(Entry entry) {
        ByteBuffer line = ByteBuffer.wrap((entry.line() + '\n').getBytes(StandardCharsets.UTF_8));
        try {
            synchronized (file) {
                while (line.hasRemaining()) {
                    file.write(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads every line of all the ledgers in a directory. */
    static List<Entry> read(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .flatMap(Ledger::lines)
                    .flatMap(line -> Entry.of(line).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
