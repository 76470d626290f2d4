package dev.rq4j.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {

    @Test
    void tellsProgramsInOneLine() {
        Measurement measured = Measurement.of("drain", Measurement.THROUGHPUT, Spread.of(30, 10, 20_000.4))
                .at(256)
                .against(Share.FLOOR, 60)
                .against(Share.OWN_SCRIPTS, 40)
                .with("commandsPerJob", 12.3456);

        assertThat(measured.json())
                .isEqualTo("{\"scenario\":\"drain\",\"concurrency\":256,\"jobsPerSecond\":30,\"shareOfFloor\":0.5,"
                        + "\"shareOfOwnScripts\":0.75,\"shareOfSmallest\":null,"
                        + "\"unit\":\"jobs/s\",\"min\":10,\"median\":30,\"max\":20000,\"commandsPerJob\":12.35}");
    }

    @Test
    void saysNullForWhatThereIsNot() {
        assertThat(Measurement.of("start-up", "ms", Spread.of(1)).json())
                .contains(
                        "\"concurrency\":null,\"jobsPerSecond\":null,\"shareOfFloor\":null,\"shareOfOwnScripts\":null");
    }

    @Test
    void takesTheMiddleOfAnEvenNumberOfRounds() {
        assertThat(Spread.of(4, 1, 2, 3)).isEqualTo(new Spread(1, 2.5, 4));
    }

    @Test
    void costsWhatOneJobOfASampleCost() {
        Usage usage = new Usage(10, 100, 800, 1000, 5, 50);
        Measurement measured = Measurement.throughput("bulk", List.of(new Sample(10, 1_000_000_000, usage)));

        assertThat(measured.more())
                .containsEntry("scriptsPerJob", 1.0)
                .containsEntry("scriptMicrosPerJob", 80.0)
                .containsEntry("redisMicrosPerJob", 100.0);
        assertThat(measured.spread().median()).isEqualTo(10);
    }

    @Test
    void linesTableUp() {
        Measurement measured = Measurement.of("drain", Measurement.THROUGHPUT, Spread.of(12_345))
                .against(Share.FLOOR, 24_690);

        assertThat(Table.of(List.of(measured)).lines())
                .containsExactly(
                        "scenario  at once  median     min     max  unit    of floor  of own scripts  of smallest  and",
                        "drain              12,345  12,345  12,345  jobs/s      50 %");
    }
}
