package dev.rq4j.examples.chaos;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commands of append-only files of Redis, from the first that survived to the last. Of a transaction that was
 * torn nothing was done.
 */
final class History {

    private static final int BUFFER = 1 << 20;
    /** What is longer is a payload or a result, and says nothing of a job's way. */
    private static final int LONGEST = 300;

    private History() {}

    /** Hands each command over that was done, as its words; words that are too long to matter come empty. */
    static void read(Path file, Consumer<List<String>> command) throws IOException {
        List<List<String>> transaction = null;
        try (InputStream opened = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(opened, BUFFER))) {
            for (List<String> words = next(in); words != null; words = next(in)) {
                switch (words.get(0).toUpperCase(Locale.ROOT)) {
                    case "MULTI" -> transaction = new ArrayList<>();
                    case "EXEC" -> {
                        if (transaction != null) {
                            transaction.forEach(command);
                        }
                        transaction = null;
                    }
                    default -> {
                        if (transaction == null) {
                            command.accept(words);
                        } else {
                            transaction.add(words);
                        }
                    }
                }
            }
        }
    }

    private static @Nullable List<String> next(DataInputStream in) throws IOException {
        int mark = in.read();
        if (mark < 0) {
            return null;
        }
        if (mark != '*') {
            throw new IOException("expected a command in the history, but found byte " + mark);
        }
        int parts = (int) number(in);
        List<String> words = new ArrayList<>(parts);
        for (int i = 0; i < parts; i++) {
            words.add(word(in));
        }
        return words;
    }

    private static String word(DataInputStream in) throws IOException {
        if (in.readByte() != '$') {
            throw new IOException("expected a word in the history");
        }
        int length = (int) number(in);
        if (length > LONGEST) {
            in.skipNBytes(length + 2L);
            return "";
        }
        byte[] word = in.readNBytes(length);
        in.skipNBytes(2);
        return new String(word, StandardCharsets.ISO_8859_1);
    }

    private static long number(DataInputStream in) throws IOException {
        long number = 0;
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < '0' || next > '9') {
                throw new EOFException("expected a number in the history");
            }
            number = number * 10 + next - '0';
        }
        in.skipNBytes(1);
        return number;
    }
}
