package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON that Python RQ's {@code JSONSerializer} writes and reads. A call is {@code [name, null, [arguments], {named
 * arguments}]}.
 *
 * <p>An input is read from one argument, from named arguments by name, or, when it is a record, from several arguments
 * in the order of its components. Nothing in the data names a class.
 */
public final class JacksonCodec implements PayloadCodec {

    /** No limit may be set above this: 16 MiB. */
    public static final int HARD_MAX_BYTES = 16 << 20;

    private final JsonMapper mapper;
    private final Binder binder;
    private final int maxPayloadBytes;
    private final int maxResultBytes;

    private JacksonCodec(JsonMapper mapper, int maxPayloadBytes, int maxResultBytes) {
        this.mapper = mapper;
        this.binder = new Binder(mapper);
        this.maxPayloadBytes = limit("maxPayloadBytes", maxPayloadBytes);
        this.maxResultBytes = limit("maxResultBytes", maxResultBytes);
    }

    /** Returns a codec that writes times as ISO 8601 text and ignores unknown fields. */
    public static JacksonCodec create() {
        return new JacksonCodec(Json.DEFAULT_MAPPER, DEFAULT_MAX_BYTES, DEFAULT_MAX_BYTES);
    }

    /**
     * Returns a codec that maps inputs and results as this mapper says.
     *
     * @throws JobException.Invalid when the mapper has default typing, which lets data name classes
     */
    public static JacksonCodec of(JsonMapper mapper) {
        if (mapper.deserializationConfig().getDefaultTyper(mapper.constructType(Object.class)) != null) {
            throw new JobException.Invalid("a mapper for payloads must not have default typing, but this one has");
        }
        return new JacksonCodec(mapper, DEFAULT_MAX_BYTES, DEFAULT_MAX_BYTES);
    }

    /** Returns this codec with another limit on calls, up to {@link #HARD_MAX_BYTES}. */
    public JacksonCodec withMaxPayloadBytes(int bytes) {
        return new JacksonCodec(mapper, bytes, maxResultBytes);
    }

    /** Returns this codec with another limit on results, up to {@link #HARD_MAX_BYTES}. */
    public JacksonCodec withMaxResultBytes(int bytes) {
        return new JacksonCodec(mapper, maxPayloadBytes, bytes);
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
        BoundedOutput out = new BoundedOutput("the payload", maxPayloadBytes);
        int kwargs;
        try (JsonGenerator json = mapper.createGenerator(out)) {
            json.writeStartArray();
            json.writeString(task);
            json.writeNull();
            json.writeStartArray();
            if (input != null && !named) {
                json.writePOJO(input);
            }
            json.writeEndArray();
            json.flush();
            kwargs = out.size();
            if (input != null && named) {
                json.writePOJO(input);
            } else {
                json.writeStartObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (RuntimeException e) {
            throw out.overflowOr(Problems.unwritable("the input of " + task, input, e));
        }
        if (!out.isObjectAfter(kwargs)) {
            throw new JobException.Unwritable(
                    "named arguments need an input that is a JSON object, but " + Problems.typeOf(input) + " is not",
                    null);
        }
        return out.toByteArray();
    }

    @Override
    public Call decodeCall(byte[] data) {
        check("the payload", maxPayloadBytes, data);
        return CallReader.read(data, binder);
    }

    @Override
    public byte[] encodeValue(@Nullable Object value) {
        BoundedOutput out = new BoundedOutput("the result", maxResultBytes);
        try (JsonGenerator json = mapper.createGenerator(out)) {
            json.writePOJO(value);
        } catch (RuntimeException e) {
            throw out.overflowOr(Problems.unwritable("the result", value, e));
        }
        return out.toByteArray();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T decodeValue(byte[] bytes, Type type) {
        JavaType target = binder.type(type);
        if (Binder.isVoid(target)) {
            return null;
        }
        check("the result", maxResultBytes, bytes);
        return (T) binder.value(bytes, target);
    }

    private static void check(String what, int limit, byte[] data) {
        if (data.length > limit) {
            throw new JobException.TooLarge(what, limit, (long) data.length);
        }
    }

    /** Returns the limit when one may set it; this name is for the message of the error. */
    static int limit(String name, int bytes) {
        if (bytes < 1 || bytes > HARD_MAX_BYTES) {
            throw new JobException.Invalid(name + " must be 1 to " + HARD_MAX_BYTES + ", but was " + bytes);
        }
        return bytes;
    }
}
