package dev.rq4j.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HashDumpTest {

    @Test
    void theChecksumIsThatOfRedis() {
        byte[] digits = "123456789".getBytes(US_ASCII);

        assertThat(Crc64.of(digits, 9)).isEqualTo(0xE9C6D914C4B8D9CAL);
        assertThat(Crc64.of("12345678".getBytes(US_ASCII), 8)).isEqualTo(byteByByte("12345678"));
        assertThat(Crc64.of(new byte[3], 3)).isZero();
    }

    /** This is what {@code DUMP} of Redis 7.0.15 says after {@code HSET h f v}. */
    @Test
    void aDumpIsThatOfRedis() {
        byte[] dump = HashDump.of(Map.of("f", Args.bytes("v")), Map.of());

        // Redis writes a short length in one byte, and reads it in two as well.
        assertThat(HexFormat.of().formatHex(dump, 0, dump.length - 8))
                .isEqualTo("10" + "400d" + "0d0000000200" + "816602" + "817602" + "ff" + "0a00");
    }

    @Test
    void whatIsInTheFirstIsNotTakenFromTheOthers() {
        Map<String, byte[]> first = Map.of("status", Args.bytes("queued"));

        assertThat(HashDump.of(first, Map.of("status", Args.bytes("finished"))))
                .isEqualTo(HashDump.of(first, Map.of()));
        assertThat(HashDump.of(Map.of(), first)).isEqualTo(HashDump.of(first, Map.of()));
    }

    @Test
    void whatIsLargeDoesNotFit() {
        assertThat(HashDump.fits(Map.of("data", new byte[1800]))).isTrue();
        assertThat(HashDump.fits(Map.of("ö".repeat(700), new byte[0]))).isFalse();
        assertThat(HashDump.fits(Map.of("data", new byte[2000]))).isFalse();
    }

    private static long byteByByte(String text) {
        long sum = 0;
        for (byte next : text.getBytes(US_ASCII)) {
            sum ^= next & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ 0x95AC9329AC4BC9B5L;
            }
        }
        return sum;
    }
}
