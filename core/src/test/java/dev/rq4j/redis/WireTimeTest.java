package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WireTimeTest {

    private static final Instant TIME = Instant.parse("2026-11-26T15:04:05.001002003Z");

    @Test
    void writesAsManyDigitsAsOthersRead() {
        assertThat(WireTime.shown(TIME)).isEqualTo("2026-11-26T15:04:05.001002Z");
        assertThat(WireTime.seconds(TIME)).isEqualTo("1795705445.001002");
        assertThat(WireTime.score(TIME)).isEqualTo("1795705445.001");
        assertThat(WireTime.seconds(Duration.ofMillis(90_050))).isEqualTo("90.050000");
        assertThat(WireTime.seconds(Duration.ZERO)).isEqualTo("0.000000");
    }

    @Test
    void readsWhatItWrites() {
        assertThat(WireTime.ofSeconds(WireTime.seconds(TIME))).isEqualTo(Instant.parse("2026-11-26T15:04:05.001002Z"));
        assertThat(WireTime.read(WireTime.shown(TIME))).isEqualTo(Instant.parse("2026-11-26T15:04:05.001002Z"));
    }
}
