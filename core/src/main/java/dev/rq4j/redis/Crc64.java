package dev.rq4j.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The checksum of Redis's dumps: CRC-64 of the Jones polynomial, reflected, from zero, eight bytes at a time. */
final class Crc64 {

    /** The polynomial, reflected. */
    private static final long POLYNOMIAL = 0x95AC9329AC4BC9B5L;

    private static final int STRIDE = Long.BYTES;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int VALUES = 256;
    /** What a byte does to the sum: for each value, and after that for each if one byte more comes after it, and so on. */
    private static final long[] TABLE = table();

    private Crc64() {}

    /** Returns the checksum of the first bytes. */
    static long of(byte[] bytes, int length) {
        long sum = 0;
        int at = 0;
        for (; at + STRIDE <= length; at += STRIDE) {
            long next = sum ^ (long) LONGS.get(bytes, at);
            sum = 0;
            for (int n = 0; n < STRIDE; n++) {
                sum ^= TABLE[(STRIDE - 1 - n) * VALUES + ((int) (next >>> (8 * n)) & 0xFF)];
            }
        }
        for (; at < length; at++) {
            sum = sum >>> 8 ^ TABLE[(int) (sum ^ bytes[at]) & 0xFF];
        }
        return sum;
    }

    private static long[] table() {
        long[] table = new long[STRIDE * VALUES];
        for (int value = 0; value < VALUES; value++) {
            long sum = value;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ POLYNOMIAL;
            }
            table[value] = sum;
        }
        for (int at = VALUES; at < table.length; at++) {
            long sum = table[at - VALUES];
            table[at] = sum >>> 8 ^ table[(int) sum & 0xFF];
        }
        return table;
    }
}
