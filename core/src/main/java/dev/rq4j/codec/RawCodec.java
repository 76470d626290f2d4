package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.job.JobException;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes and text as they are, for those who have a format of their own, such as Protocol Buffers or Avro: inputs and
 * results are {@code byte[]}, {@link String} (in UTF-8) or {@link Void}, and what is written as the one can be read as the
 * other. A call is the name of the task, a line feed, and the input.
 *
 * <p>A result of no bytes is no result. Named arguments and metadata of jobs are refused, and Python RQ cannot read such
 * jobs unless it is given a serializer of this form.
 */
public final class RawCodec implements PayloadCodec {

    private static final byte SEPARATOR = '\n';
    /** As long as a task's name may be. */
    private static final int MAX_NAME = 256;

    private final int maxPayloadBytes;
    private final int maxResultBytes;

    private RawCodec(int maxPayloadBytes, int maxResultBytes) {
        this.maxPayloadBytes = JacksonCodec.limit("maxPayloadBytes", maxPayloadBytes);
        this.maxResultBytes = JacksonCodec.limit("maxResultBytes", maxResultBytes);
    }

    /** Returns a codec with the usual limits. */
    public static RawCodec create() {
        return new RawCodec(DEFAULT_MAX_BYTES, DEFAULT_MAX_BYTES);
    }

    /** Returns this codec with another limit on calls, up to {@link JacksonCodec#HARD_MAX_BYTES}. */
    public RawCodec withMaxPayloadBytes(int bytes) {
        return new RawCodec(bytes, maxResultBytes);
    }

    /** Returns this codec with another limit on results, up to {@link JacksonCodec#HARD_MAX_BYTES}. */
    public RawCodec withMaxResultBytes(int bytes) {
        return new RawCodec(maxPayloadBytes, bytes);
    }

    @Override
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    @Override
    public int maxResultBytes() {
        return maxResultBytes;
    }

    @Override
    public byte[] encodeCall(String task, @Nullable Object input, boolean named) {
        if (named) {
            throw new JobException.Unwritable("task " + task + " has named arguments, which only JSON has", null);
        }
        ByteArrayOutputStream call = new ByteArrayOutputStream();
        call.writeBytes(task.getBytes(UTF_8));
        if (input != null) {
            call.write(SEPARATOR);
            call.writeBytes(bytes("the input of " + task, input));
        }
        return checked("the payload", maxPayloadBytes, call.toByteArray());
    }

    @Override
    public Call decodeCall(byte[] data) {
        checked("the payload", maxPayloadBytes, data);
        int end = 0;
        while (end < data.length && data[end] != SEPARATOR && end <= MAX_NAME) {
            end++;
        }
        if (end == 0 || end > MAX_NAME) {
            throw new JobException.Unreadable("the payload must begin with the name of a task, 1 to " + MAX_NAME
                    + " bytes, and a line feed, but does not");
        }
        String task = text("the name of the task", Arrays.copyOf(data, end));
        return new RawCall(task, end == data.length ? null : Arrays.copyOfRange(data, end + 1, data.length));
    }

    @Override
    public byte[] encodeValue(@Nullable Object value) {
        return value == null ? new byte[0] : checked("the result", maxResultBytes, bytes("the result", value));
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> @Nullable T decodeValue(byte[] bytes, Type type) {
        checked("the result", maxResultBytes, bytes);
        return value("the result", bytes, type);
    }

    private static byte[] bytes(String what, Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof String text) {
            return text.getBytes(UTF_8);
        }
        throw new JobException.Unwritable(
                what + " must be a byte[] or a String for this codec, but is a " + Problems.typeOf(value), null);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> @Nullable T value(String what, byte @Nullable [] bytes, Type type) {
        if (type == Void.class) {
            return null;
        }
        if (type != byte[].class && type != String.class) {
            throw new JobException.Unreadable(
                    what + " can be read as byte[] or String by this codec, but not as " + type.getTypeName());
        }
        if (bytes == null) {
            throw new JobException.Unreadable("expected " + what + " as " + type.getTypeName() + ", but none came");
        }
        return (T) (type == String.class ? text(what, bytes) : bytes);
    }

    private static String text(String what, byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notText) {
            throw new JobException.Unreadable(what + " is not text in UTF-8");
        }
    }

    private static byte[] checked(String what, int limit, byte[] data) {
        if (data.length > limit) {
            throw new JobException.TooLarge(what, limit, (long) data.length);
        }
        return data;
    }

    /**
     * A call that was read.
     *
     * @param task the name of the task
     * @param bytes what goes in; null for nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record RawCall(String task, byte @Nullable [] bytes) implements Call {
        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <T> @Nullable T input(Type type) {
            return value("the input", bytes, type);
        }
    }
}
