package dev.rq4j.redis;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A value as {@code RESTORE} takes it, which checks the version by which it was written, and its checksum. */
final class Dump {

    /** What dumps of Redis 7.0 are known by, and read by all later versions. */
    private static final short VERSION = 10;

    private static final int SEAL = Short.BYTES + Long.BYTES;

    private final byte[] bytes;
    private final ByteBuffer buffer;

    /** Begins one of so many bytes at most, beside its seal. */
    Dump(int most) {
        this.bytes = new byte[most + SEAL];
        this.buffer = ByteBuffer.wrap(bytes);
    }

    /** Returns where it is written. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** Ends it, and returns all of it. */
    byte[] sealed() {
        buffer.putShort(Short.reverseBytes(VERSION));
        int size = buffer.position();
        buffer.putLong(Long.reverseBytes(Crc64.of(bytes, size)));
        return buffer.hasRemaining() ? Arrays.copyOf(bytes, buffer.position()) : bytes;
    }
}
