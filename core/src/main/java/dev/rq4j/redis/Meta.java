package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.TypeRef;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metadata of a job as the field {@code meta} of its hash has it: an object that the codec writes, as in Python RQ. */
final class Meta {

    /** How many bytes it may have. */
    static final int MAX_BYTES = 64 << 10;

    private static final String WHAT = "the metadata of a job";
    private static final Type TYPE = new TypeRef<Map<String, Object>>() {}.type();
    private static final int PICKLE = 0x80;

    private Meta() {}

    /** Returns the field; throws {@link JobException.Unwritable} and {@link JobException.TooLarge}. */
    static byte[] encode(Map<String, ?> meta, PayloadCodec codec) {
        byte[] field;
        try {
            field = codec.encodeValue(meta);
        } catch (JobException.Unwritable unwritable) {
            throw new JobException.Unwritable("cannot write " + WHAT + ": " + unwritable.getMessage(), unwritable);
        }
        check(field.length);
        return field;
    }

    /** Returns what is in the field, for the caller to change; throws {@link JobException.Unreadable}. */
    static Map<String, Object> decode(byte @Nullable [] field, PayloadCodec codec) {
        if (field == null || field.length == 0) {
            return new LinkedHashMap<>();
        }
        if ((field[0] & 0xff) == PICKLE) {
            throw new JobException.Unreadable(WHAT + " is pickled data: use RQ's JSONSerializer");
        }
        try {
            Map<String, Object> meta = codec.decodeValue(field, TYPE);
            return meta == null ? new LinkedHashMap<>() : new LinkedHashMap<>(meta);
        } catch (JobException.Unreadable unreadable) {
            throw new JobException.Unreadable("cannot read " + WHAT + ": " + unreadable.getMessage());
        }
    }

    /** Throws {@link JobException.TooLarge}. */
    static void check(long size) {
        if (size > MAX_BYTES) {
            throw new JobException.TooLarge(WHAT, MAX_BYTES, size);
        }
    }
}
