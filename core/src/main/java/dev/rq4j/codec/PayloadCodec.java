package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * How inputs and results become bytes. {@link JacksonCodec} writes and reads the JSON of Python RQ; another codec may
 * write something else, as long as every party of a queue uses the same: {@link RawCodec}, or one that the application
 * brings along. {@link OwnTasks} are written in JSON whatever the codec.
 *
 * <p>Implementations are immutable, do not block, and never quote the data in the messages of their errors.
 */
// the type at hand is a Type, which has no parameter that could say T
@SuppressWarnings("TypeParameterUnusedInFormals")
public interface PayloadCodec {

    /** The limit on payloads and on results unless another is set: 1 MiB. */
    int DEFAULT_MAX_BYTES = 1 << 20;

    /**
     * Returns the bytes of a call: which task, with what.
     *
     * @param input what goes in; null for no argument at all
     * @param named whether the fields of the input are the named arguments; otherwise the input is the one argument
     * @throws JobException.Unwritable when the input cannot be written, or has no fields to be named
     * @throws JobException.TooLarge when the call has more than {@link #maxPayloadBytes()}
     */
    byte[] encodeCall(String task, @Nullable Object input, boolean named);

    /**
     * Reads a call. The bytes are no longer compressed.
     *
     * @throws JobException.Unreadable when they are not a call
     * @throws JobException.TooLarge when they are more than {@link #maxPayloadBytes()}
     */
    Call decodeCall(byte[] data);

    /**
     * Returns the bytes of a result.
     *
     * @throws JobException.Unwritable when the value cannot be written
     * @throws JobException.TooLarge when it has more than {@link #maxResultBytes()}
     */
    byte[] encodeValue(@Nullable Object value);

    /**
     * Reads a result; always null for the type {@link Void}.
     *
     * @throws JobException.Unreadable when the bytes are not a value of this type
     * @throws JobException.TooLarge when they are more than {@link #maxResultBytes()}
     */
    <T> @Nullable T decodeValue(byte[] bytes, Type type);

    /** Returns how many bytes a call may have before it is compressed. */
    default int maxPayloadBytes() {
        return DEFAULT_MAX_BYTES;
    }

    /** Returns how many bytes a result may have. */
    default int maxResultBytes() {
        return DEFAULT_MAX_BYTES;
    }

    /** A call that was read: its task is known, its input waits for the type that the handler of the task takes. */
    interface Call {

        /** Returns the name of the task. */
        String task();

        /**
         * Returns the input as this type; always null for {@link Void}.
         *
         * @throws JobException.Unreadable when the arguments do not make a value of this type
         */
        <T> @Nullable T input(Type type);
    }
}
