package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryDumpTest {

    private static final Instant ENDED = Instant.ofEpochMilli(0x0102030405L);
    private static final String ID = "0000000102030405";
    private static final String ZERO = "0000000000000000";

    /** This is what {@code DUMP} of Redis 7.0.15 says after {@code XADD s 4328719365-0 f v}. */
    @Test
    void aDumpIsThatOfRedis() {
        byte[] dump = HistoryDump.of(Map.of("f", Args.bytes("v")), ENDED);

        // Redis writes a short length in one byte, and reads it in five as well.
        assertThat(HexFormat.of().formatHex(dump, 0, dump.length - 8))
                .isEqualTo("13" + "01" + "10" + ID + ZERO + "80" + "0000001d"
                        + "1d000000" + "0a00" + "0101" + "0001" + "0101" + "816602" + "0001" + "0201" + "0001" + "0001"
                        + "817602" + "0401" + "ff"
                        + "01" + "81" + ID + "00" + "81" + ID + "00" + "0000" + "01" + "00" + "0a00");
    }

    /** Around the lengths that are written in another way: who writes more than he has room for fails. */
    @ParameterizedTest
    @ValueSource(ints = {0, 63, 64, 125, 126, 4095, 4096, 16377, 16378, 2097145, 2097146})
    void itsSizeIsKnownBefore(int length) {
        assertThat(HistoryDump.of(Map.of("f", new byte[length]), ENDED)).hasSizeGreaterThan(length);
    }

    @Test
    void anAbsurdTimeIsWrittenAsOneThatCanBeRead() {
        assertThat(idOf(Instant.EPOCH)).isEqualTo("0000000000000001");
        assertThat(idOf(Instant.EPOCH.minusSeconds(5))).isEqualTo("0000000000000001");
        assertThat(idOf(Instant.ofEpochMilli(Long.MAX_VALUE))).isEqualTo("0000e677d21fdbff");
    }

    private static String idOf(Instant ended) {
        return HexFormat.of().formatHex(HistoryDump.of(Map.of("f", Args.bytes("v")), ended), 3, 11);
    }
}
