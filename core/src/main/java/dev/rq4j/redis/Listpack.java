package dev.rq4j.redis;

import java.nio.ByteBuffer;

/**
 * Writes a listpack, the one piece of memory in which Redis keeps what is small, as it stands in a dump. Numbers are written
 * as such up to 127, texts as texts whatever they say.
 */
final class Listpack {

    /** How many bytes and entries it has. */
    private static final int HEAD = 6;

    private static final int END = 0xFF;
    private static final int SHORT_TEXT = 0x80;
    private static final int TEXT = 0xE0;
    private static final int LONG_TEXT = 0xF0;
    private final ByteBuffer bytes;
    private final int start;
    private int entries;

    /** Begins one at this place of a buffer. */
    Listpack(ByteBuffer bytes) {
        this.bytes = bytes;
        this.start = bytes.position();
        bytes.position(start + HEAD);
    }

    /** Returns how many bytes a listpack has of so many numbers, beside its texts. */
    static int sizeOfNumbers(int count) {
        return HEAD + 2 * count + 1;
    }

    /** Returns how many bytes a text of such a length takes. */
    static long sizeOfText(int length) {
        int size = length + (length < 64 ? 1 : length < 4096 ? 2 : 5);
        return (long) size + groups(size);
    }

    /** A number below 128. */
    Listpack add(int small) {
        if (small < 0 || small > Byte.MAX_VALUE) {
            throw new IllegalArgumentException("not from 0 to 127, but " + small);
        }
        bytes.put((byte) small).put((byte) 1);
        entries++;
        return this;
    }

    /** An entry ends with its size, most significant bits first, for those who come from behind. */
    Listpack add(byte[] text) {
        int from = bytes.position();
        if (text.length < 64) {
            bytes.put((byte) (SHORT_TEXT | text.length));
        } else if (text.length < 4096) {
            bytes.putShort((short) ((TEXT << 8) | text.length));
        } else {
            bytes.put((byte) LONG_TEXT).putInt(Integer.reverseBytes(text.length));
        }
        bytes.put(text);
        putSize(bytes.position() - from);
        entries++;
        return this;
    }

    private void putSize(int size) {
        int groups = groups(size);
        for (int group = groups - 1; group >= 0; group--) {
            int bits = (size >>> (7 * group)) & 127;
            bytes.put((byte) (group == groups - 1 ? bits : bits | 128));
        }
    }

    /** In how many bytes a size is written, of 7 bits each. */
    private static int groups(int size) {
        return size < 128 ? 1 : size < 16383 ? 2 : size < 2097151 ? 3 : size < 268435455 ? 4 : 5;
    }

    /** Ends it, and returns how many bytes it has. */
    int end() {
        bytes.put((byte) END);
        int size = bytes.position() - start;
        bytes.putInt(start, Integer.reverseBytes(size));
        bytes.putShort(start + Integer.BYTES, Short.reverseBytes((short) entries));
        return size;
    }
}
