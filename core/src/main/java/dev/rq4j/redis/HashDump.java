package dev.rq4j.redis;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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
    private static final int LONG_TEXT = 0xE000;
    private static final int END = 0xFF;
    /** The type and the length, and the head of the listpack: its bytes and entries. */
    private static final int BEFORE = 9;
    /** For that, for the end of the listpack, the version and the checksum, and for a few fields more. */
    private static final int ROOM = 128;
    /** What stands around an entry at most. */
    private static final int AROUND = 4;
    /** Changing the hash moves all of it, so it must be small; longer lengths are written otherwise too. */
    private static final int MOST_BYTES = 2048;

    private final ByteBuffer bytes =
            ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN).position(BEFORE);
    private int entries;

    /** Returns whether these fields fit, and a few short ones beside them. */
    static boolean fits(Map<String, byte[]> fields) {
        long length = ROOM;
        for (Map.Entry<String, byte[]> field : fields.entrySet()) {
            length += field.getKey().length() + field.getValue().length + 2L * AROUND;
        }
        return length <= MOST_BYTES;
    }

    HashDump add(String field, byte[] value) {
        text(Args.bytes(field));
        text(value);
        return this;
    }

    /** An entry ends with its length, most significant bits first, for those who come from behind. */
    private void text(byte[] text) {
        int start = bytes.position();
        if (text.length < 64) {
            bytes.put((byte) (SHORT_TEXT | text.length));
        } else {
            highFirst(LONG_TEXT | text.length);
        }
        bytes.put(text);
        int length = bytes.position() - start;
        if (length < 128) {
            bytes.put((byte) length);
        } else {
            bytes.put((byte) (length >> 7)).put((byte) ((length & 127) | 128));
        }
        entries++;
    }

    private void highFirst(int two) {
        bytes.put((byte) (two >> 8)).put((byte) two);
    }

    byte[] toBytes() {
        bytes.put((byte) END);
        int end = bytes.position();
        int listpack = end - BEFORE + 6;
        bytes.position(0);
        bytes.put((byte) HASH_LISTPACK);
        highFirst(LENGTH_IN_14_BITS | listpack);
        bytes.putInt(listpack).putShort((short) entries);
        bytes.position(end);
        bytes.putShort((short) VERSION);
        bytes.putLong(Crc64.of(bytes.array(), bytes.position()));
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
