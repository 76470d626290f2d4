package dev.rq4j.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at whether everything is measured, and never at how fast it was. */
class BenchmarkIT {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path plots;

    @Test
    void measuresEveryScenarioAndDrawsIt() throws Exception {
        Settings settings = Settings.of("--scale", "0.001", "--rounds", "1", "--plot", plots.toString());

        List<Measurement> measured = Benchmark.run(settings, printing(out), printing(err));

        assertThat(measured)
                .extracting(Measurement::scenario)
                .contains(
                        "floor-ping",
                        "floor-enqueue",
                        "floor-bulk",
                        "floor-drain",
                        "own-enqueue",
                        "own-bulk",
                        "own-drain")
                .contains("enqueue", "bulk")
                .contains(
                        "drain-noop",
                        "drain-io",
                        "drain-cpu",
                        "latency-ping",
                        "latency-low",
                        "latency-half",
                        "at-once",
                        "await")
                .contains("scheduled", "promoted", "backlog", "retained", "idle", "mixed", "start-up")
                .contains("memory-pending", "memory-retained");
        assertThat(measured)
                .allSatisfy(one -> assertThat(one.spread().min())
                        .isLessThanOrEqualTo(one.spread().max()));
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSameSizeAs(measured)
                .allMatch(line -> line.startsWith("{\"scenario\":\"") && line.endsWith("}"));
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("of floor", "of own scripts", "drain-noop");
        assertThat(plots)
                .isDirectoryContaining("glob:**/throughput.svg")
                .isDirectoryContaining("glob:**/latency-half.svg")
                .isDirectoryContaining("glob:**/mixed.svg");
    }

    private static PrintStream printing(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
