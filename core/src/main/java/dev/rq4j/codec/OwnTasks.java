package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.job.Names;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The tasks that are rq4j's own: their calls are JSON, whatever the codec of the others, so that every worker reads them. */
public final class OwnTasks {

    /** What their names begin with. */
    public static final String PREFIX = Names.RESERVED_TASKS;

    private static final byte[] BEGINNING = ("[\"" + PREFIX).getBytes(UTF_8);
    private static final JacksonCodec JSON = JacksonCodec.create();
    /** The size of what it reads was limited before. */
    private static final JacksonCodec READER = JSON.withMaxPayloadBytes(JacksonCodec.HARD_MAX_BYTES);

    private OwnTasks() {}

    /** Returns whether a task is one of them. */
    public static boolean isOne(String task) {
        return task.startsWith(PREFIX);
    }

    /** Writes a call of any task as {@link PayloadCodec#encodeCall} does, within the limits of the codec of the others. */
    public static byte[] encodeCall(PayloadCodec others, String task, @Nullable Object input, boolean named) {
        if (!isOne(task)) {
            return others.encodeCall(task, input, named);
        }
        int limit = Math.min(others.maxPayloadBytes(), JacksonCodec.HARD_MAX_BYTES);
        return JSON.withMaxPayloadBytes(limit).encodeCall(task, input, named);
    }

    /** Reads a call of any task as {@link PayloadCodec#decodeCall} does. */
    public static PayloadCodec.Call decodeCall(PayloadCodec others, byte[] data) {
        boolean own = data.length > BEGINNING.length
                && Arrays.equals(data, 0, BEGINNING.length, BEGINNING, 0, BEGINNING.length);
        return (own ? READER : others).decodeCall(data);
    }
}
