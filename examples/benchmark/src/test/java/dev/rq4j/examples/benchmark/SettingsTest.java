package dev.rq4j.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void readsEveryOption() {
        assertThat(Settings.of(
                        "--redis", "redis://h", "--scale", "0.1", "--rounds", "3", "--plot", "p", "bulk", "drain"))
                .isEqualTo(new Settings("redis://h", 0.1, 3, Path.of("p"), List.of("bulk", "drain")));
    }

    @Test
    void choosesByTheBeginningOfNames() {
        assertThat(Settings.of("drain", "bulk").chosen())
                .extracting(Scenario::name)
                .containsExactly("bulk", "drain-noop", "drain-io", "drain-cpu");
        assertThat(Settings.of().chosen()).isEqualTo(Benchmark.SCENARIOS);
    }

    @Test
    void refusesWhatCannotBe() {
        for (String[] args :
                new String[][] {{"--rounds", "0"}, {"--scale", "x"}, {"--redis"}, {"--no", "1"}, {"none"}}) {
            assertThatThrownBy(() -> Settings.of(args)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
