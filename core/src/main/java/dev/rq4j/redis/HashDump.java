package dev.rq4j.redis;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A small hash as {@code RESTORE} takes it: one piece of memory (a listpack), whatever the length of its values. Redis
 * makes a table of pieces out of a hash as soon as it is given a value longer than {@code hash-max-listpack-value}, which
 * takes it twice the memory and more time; it leaves one as it is that comes from a dump.
 */
final class HashDump {

    /** What dumps of Redis 7.0 are known by, and read by all later versions. */
    private static final int VERSION = 10;

    private static final int HASH_LISTPACK = 16;
    private static final int LENGTH_IN_14_BITS = 0x4000;
    private static final int SHORT_TEXT = 0x80;
    private static final int LONG_TEXT = 0xE0;
    private static final int END = 0xFF;
    /** Of the listpack: how many bytes and entries it has. */
    private static final int HEAD = 6;
    /** That, and the type and the length before it. */
    private static final int BEFORE = 3 + HEAD;
    /** For that, for the end of the listpack, the version and the checksum, and for a few fields more. */
    private static final int ROOM = 128;
    /** What stands around an entry at most. */
    private static final int AROUND = 4;
    /** Bytes, of a name. */
    private static final int MOST_A_LETTER = 3;
    /** Changing the hash moves all of it, so it must be small; longer lengths are written otherwise too. */
    private static final int MOST_BYTES = 2048;

    private final byte[] bytes;
    private int size = BEFORE;
    private int entries;

    private HashDump(int most) {
        this.bytes = new byte[most];
    }

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

    /** Returns the dump of what fits. It is made of a map since Redis dies of a listpack that has a field twice. */
    static byte[] of(Map<String, byte[]> hash) {
        return of(hash, Map.of());
    }

    /** Returns the dump of a few short fields, and after them of those of the others that have another name. */
    static byte[] of(Map<String, byte[]> first, Map<String, byte[]> others) {
        HashDump dump = new HashDump((int) (most(first) + most(others)));
        first.forEach(dump::add);
        others.forEach((field, value) -> {
            if (!first.containsKey(field)) {
                dump.add(field, value);
            }
        });
        return dump.toBytes();
    }

    private void add(String field, byte[] value) {
        text(Args.bytes(field));
        text(value);
    }

    /** An entry ends with its length, most significant bits first, for those who come from behind. */
    private void text(byte[] text) {
        int start = size;
        if (text.length < 64) {
            put(SHORT_TEXT | text.length);
        } else {
            put(LONG_TEXT | (text.length >> 8));
            put(text.length);
        }
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
        int length = size - start;
        if (length < 128) {
            put(length);
        } else {
            put(length >> 7);
            put((length & 127) | 128);
        }
        entries++;
    }

    private void put(int one) {
        bytes[size++] = (byte) one;
    }

    private byte[] toBytes() {
        put(END);
        head(size - BEFORE + HEAD);
        put(VERSION);
        put(0);
        ByteBuffer dump = ByteBuffer.allocate(size + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return dump.put(bytes, 0, size).putLong(Crc64.of(bytes, size)).array();
    }

    private void head(int listpack) {
        ByteBuffer head = ByteBuffer.wrap(bytes);
        head.put((byte) HASH_LISTPACK).putShort((short) (LENGTH_IN_14_BITS | listpack));
        head.order(ByteOrder.LITTLE_ENDIAN).putInt(listpack).putShort((short) entries);
    }
}
