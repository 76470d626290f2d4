package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** The compression of Python's {@code zlib}. Python RQ compresses every payload, and reads those that are not. */
public final class Zlib {

    /** Below this, compressing costs more than the bytes it saves. */
    private static final int WORTHWHILE = 512;

    /** What is larger is measured before it is made. */
    private static final int SMALL = 1 << 20;

    private static final int CHUNK = 4096;

    private Zlib() {}

    /** Returns the data compressed, or as it is when it is short or does not become shorter. */
    public static byte[] deflateIfSmaller(byte[] data) {
        // data that looks compressed must be, or its reader would try to inflate it
        boolean ambiguous = isZlib(data);
        if (data.length < WORTHWHILE && !ambiguous) {
            return data;
        }
        byte[] deflated = deflate(data);
        return deflated.length < data.length || ambiguous ? deflated : data;
    }

    /** Returns the data compressed. */
    public static byte[] deflate(byte[] data) {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(64, data.length / 4));
            byte[] chunk = new byte[Math.min(CHUNK, data.length + 64)];
            while (!deflater.finished()) {
                out.write(chunk, 0, deflater.deflate(chunk));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /**
     * Returns the data decompressed, or as it is when it is not compressed.
     *
     * @param limit how many bytes may come out; no more are allocated
     * @param what what the data is, for the message of the error
     * @throws JobException.TooLarge when more would come out
     * @throws JobException.Unreadable when the compressed data is damaged or cut off
     */
    public static byte[] inflate(byte[] data, int limit, String what) {
        if (!isZlib(data)) {
            if (data.length > limit) {
                throw new JobException.TooLarge(what, limit, (long) data.length);
            }
            return data;
        }
        Inflated inflated = inflate(data, limit);
        return switch (inflated.end) {
            case COMPLETE -> inflated.bytes;
            case LIMIT -> throw new JobException.TooLarge(what, limit, null);
            case DAMAGE -> throw new JobException.Unreadable(what + " is zlib data that is damaged or cut off");
        };
    }

    /** Returns what can be read of compressed data, up to the limit; null when damage hides all of it. */
    static byte @Nullable [] inflateSome(byte[] data, int limit) {
        Inflated inflated = inflate(data, limit);
        return inflated.end == End.DAMAGE && inflated.bytes.length == 0 ? null : inflated.bytes;
    }

    /** Returns whether the data starts as {@code zlib.compress} starts it: JSON never does. */
    static boolean isZlib(byte[] data) {
        return data.length >= 2 && data[0] == 0x78 && (0x7800 | (data[1] & 0xff)) % 31 == 0;
    }

    private static Inflated inflate(byte[] data, int limit) {
        Inflater inflater = new Inflater();
        byte[] out = new byte[(int) Math.min(Math.min(limit, SMALL), Math.max(256L, data.length * 4L))];
        int size = 0;
        End end = End.COMPLETE;
        try {
            inflater.setInput(data);
            while (!inflater.finished() && end == End.COMPLETE) {
                if (size == out.length && size < limit) {
                    out = Arrays.copyOf(
                            out, size < SMALL ? Math.min(Math.min(limit, SMALL), size * 2) : measure(data, limit));
                }
                // when the limit is reached, one more byte tells whether the data ends there
                boolean full = size == out.length;
                int count = full ? inflater.inflate(new byte[1]) : inflater.inflate(out, size, out.length - size);
                if (count == 0 && !inflater.finished()) {
                    end = End.DAMAGE;
                } else if (full && count > 0) {
                    end = End.LIMIT;
                } else {
                    size += count;
                }
            }
        } catch (DataFormatException e) {
            end = End.DAMAGE;
            size = (int) Math.min(out.length, inflater.getBytesWritten());
        } finally {
            inflater.end();
        }
        return new Inflated(size == out.length ? out : Arrays.copyOf(out, size), end);
    }

    /** Returns how many bytes can be read, at most the limit: what is made as large at once is never there twice. */
    private static int measure(byte[] data, int limit) {
        Inflater inflater = new Inflater();
        byte[] chunk = new byte[CHUNK];
        try {
            inflater.setInput(data);
            int count;
            do {
                count = inflater.inflate(chunk);
            } while (count > 0 && inflater.getBytesWritten() < limit);
        } catch (DataFormatException e) {
            // as many as there were before that
        }
        try {
            return (int) Math.min(limit, inflater.getBytesWritten());
        } finally {
            inflater.end();
        }
    }

    private enum End {
        COMPLETE,
        LIMIT,
        DAMAGE
    }

    private static final class Inflated {
        private final byte[] bytes;
        private final End end;

        Inflated(byte[] bytes, End end) {
            this.bytes = bytes;
            this.end = end;
        }
    }
}
