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
    /** By how many bytes come after a byte, and its value: what it does to the sum. */
    private static final long[][] TABLES = tables();

    private Crc64() {}

    /** Returns the checksum of the first bytes. */
    static long of(byte[] bytes, int length) {
        long sum = 0;
        int at = 0;
        for (; at + STRIDE <= length; at += STRIDE) {
            long next = sum ^ (long) LONGS.get(bytes, at);
            sum = 0;
            for (int n = 0; n < STRIDE; n++) {
                sum ^= TABLES[STRIDE - 1 - n][(int) (next >>> (8 * n)) & 0xFF];
            }
        }
        for (; at < length; at++) {
            sum = sum >>> 8 ^ TABLES[0][(int) (sum ^ bytes[at]) & 0xFF];
        }
        return sum;
    }

    private static long[][] tables() {
        long[][] tables = new long[STRIDE][256];
        for (int value = 0; value < 256; value++) {
            long sum = value;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ POLYNOMIAL;
            }
            tables[0][value] = sum;
        }
        for (int after = 1; after < STRIDE; after++) {
            for (int value = 0; value < 256; value++) {
                long sum = tables[after - 1][value];
                tables[after][value] = sum >>> 8 ^ tables[0][(int) sum & 0xFF];
            }
        }
        return tables;
    }
}
