package dev.rq4j.redis;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A small hash as {@code RESTORE} takes it: one piece of memory, whatever the length of its values. Redis makes a table of
 * pieces out of a hash as soon as it is given a value longer than {@code hash-max-listpack-value}, which takes it twice the
 * memory and more time; it leaves one as it is that comes from a dump.
 */
final class HashDump {

    private static final byte HASH_LISTPACK = 16;
    private static final int LENGTH_IN_14_BITS = 0x4000;
    /** For what stands before the entries and behind them, and for a few fields more. */
    private static final int ROOM = 128;
    /** What stands around an entry of such a size at most. */
    private static final int AROUND = 4;
    /** Bytes, of a name. */
    private static final int MOST_A_LETTER = 3;
    /** Changing the hash moves all of it, so it must be small; longer lengths are written otherwise too. */
    private static final int MOST_BYTES = 2048;

    private HashDump() {}

    /** Returns whether these fields fit, and a few short ones beside them. */
    static boolean fits(Map<String, byte[]> fields) {
        return most(fields) <= MOST_BYTES;
    }

    private static long most(Map<String, byte[]> fields) {
        long length = ROOM;
        for (Map.Entry<String, byte[]> field : fields.entrySet()) {
            length += (long) MOST_A_LETTER * field.getKey().length() + field.getValue().length + 2L * AROUND;
        }
        return length;
    }

    /**
     * Returns the dump of a few short fields, and after them of those of others that fit and have another name: Redis dies
     * of a listpack that has a field twice.
     */
    static byte[] of(Map<String, byte[]> first, Map<String, byte[]> others) {
        Dump dump = new Dump((int) (most(first) + most(others)));
        ByteBuffer bytes = dump.buffer().put(HASH_LISTPACK).putShort((short) 0);
        Listpack listpack = new Listpack(bytes);
        first.forEach((field, value) -> listpack.add(Args.bytes(field)).add(value));
        others.forEach((field, value) -> {
            if (!first.containsKey(field)) {
                listpack.add(Args.bytes(field)).add(value);
            }
        });
        bytes.putShort(1, (short) (LENGTH_IN_14_BITS | listpack.end()));
        return dump.sealed();
    }
}
