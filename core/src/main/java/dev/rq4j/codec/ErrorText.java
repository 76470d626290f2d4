package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.job.JobException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The text of an error, as workers record it for people to read, and its form in the field {@code exc_string} of a
 * result.
 */
public final class ErrorText {

    private static final int MAX_TEXT = 1 << 20;
    private static final int MAX_DEPTH = 10;

    /**
     * Of a field {@code exc_string}, so many bytes are read: twice the text, for text that became longer; a multiple of four,
     * so that Base64 can be cut there.
     */
    public static final int MAX_FIELD = 2 * MAX_TEXT;

    private ErrorText() {}

    /**
     * Returns the stack trace with causes and suppressed errors, at most 16 KiB: of a longer one the head and the tail.
     * Never throws, whatever the error's own methods do.
     */
    public static String of(Throwable error) {
        HeadAndTail text = new HeadAndTail();
        try {
            error.printStackTrace(new PrintWriter(text));
        } catch (Throwable broken) {
            // methods of the error are the user's code: a broken one must not hide where the error came from
            text.line(error.getClass().getName() + ": the rest of the error could not be read, because of "
                    + broken.getClass().getName());
            frames(error, text);
        }
        return text.toString();
    }

    /**
     * Returns the stack trace as logs may show it: with the types of errors and where they were thrown, and without their
     * messages, which can quote what the job was given. Those of our own errors quote nothing and are there.
     */
    public static String withoutData(Throwable error) {
        return of(new Shadow(error, MAX_DEPTH));
    }

    /** Returns the text as the field {@code exc_string} holds it: Base64 of zlib of UTF-8. */
    public static byte[] encode(String text) {
        return Base64.getEncoder().encode(Zlib.deflate(text.getBytes(UTF_8)));
    }

    /**
     * Returns the text of a field {@code exc_string}, at most 1 MiB of it. Reads what can be read and never throws: what
     * is no text at all becomes a sentence that says so.
     */
    public static String decode(byte[] field) {
        byte[] data = field.length > MAX_FIELD ? Arrays.copyOf(field, MAX_FIELD) : field;
        byte[] unpacked = unbase64(data);
        String text = null;
        if (unpacked != null && unpacked.length > 0) {
            text = Zlib.isZlib(unpacked) ? inflate(unpacked) : readable(unpacked);
        }
        if (text == null) {
            text = Zlib.isZlib(data) ? inflate(data) : readable(data);
        }
        return text != null ? text : "the recorded error could not be read: its " + field.length + " bytes are no text";
    }

    private static void frames(Throwable error, HeadAndTail text) {
        try {
            for (StackTraceElement frame : error.getStackTrace()) {
                text.line("\tat " + frame);
            }
        } catch (Throwable broken) {
            text.line("\tat a place that could not be read");
        }
    }

    private static byte @Nullable [] unbase64(byte[] data) {
        try {
            return Base64.getDecoder().decode(data);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String inflate(byte[] data) {
        byte[] bytes = Zlib.inflateSome(data, MAX_TEXT);
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    private static @Nullable String readable(byte[] bytes) {
        byte[] cut = bytes.length > MAX_TEXT ? Arrays.copyOf(bytes, MAX_TEXT) : bytes;
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(cut)).toString();
            return text.chars().allMatch(c -> c >= ' ' || Character.isWhitespace(c)) ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** An error without what it says. */
    private static final class Shadow extends Throwable {
        private static final long serialVersionUID = 1L;

        private final String type;
        private final @Nullable String own;

        private Shadow(Throwable error, int depth) {
            super(null, causeOf(error, depth), true, true);
            this.type = error.getClass().getName();
            this.own = quotesOthers(error) ? null : error.getMessage();
            setStackTrace(error.getStackTrace());
            if (depth > 0) {
                Stream.of(error.getSuppressed())
                        .limit(MAX_DEPTH)
                        .forEach(suppressed -> addSuppressed(new Shadow(suppressed, depth / 2)));
            }
        }

        private static @Nullable Throwable causeOf(Throwable error, int depth) {
            Throwable cause = error.getCause();
            return cause == null || depth == 0 ? null : new Shadow(cause, depth - 1);
        }

        private static boolean quotesOthers(Throwable error) {
            return !(error instanceof JobException)
                    || error instanceof JobException.JobFailed
                    || error instanceof JobException.HandlerBroke;
        }

        @Override
        @SuppressWarnings("OverrideThrowableToString") // it stands for an error of another class
        public String toString() {
            return own == null ? type : type + ": " + own;
        }
    }
}
