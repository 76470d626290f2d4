package dev.rq4j.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws what was measured. */
final class Plots {

    private static final String OURS = "#2a6fb0";
    private static final String FLOOR = "#b9b9b9";
    private static final String AXIS = "#888";
    private static final int WIDTH = 900;
    private static final int LEFT = 190;
    private static final int ROW = 26;
    private static final int TOP = 60;
    private static final int HEIGHT = 360;
    private static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p99.9", "worst");

    private final Path directory;

    Plots(Path directory) {
        this.directory = directory;
    }

    void write(List<Measurement> measurements, Map<String, double[]> courses) throws IOException {
        Files.createDirectories(directory);
        bars(
                "throughput.svg",
                "Jobs a second (grey: without rq4j; in percent of the floor)",
                measurements.stream()
                        .filter(measurement -> measurement.unit().equals(Measurement.THROUGHPUT))
                        .filter(measurement -> !measurement.scenario().endsWith(Floors.PING))
                        .toList());
        for (Measurement measurement : measurements) {
            if (measurement.more().containsKey("p99.9")) {
                percentiles(measurement);
            }
        }
        for (Map.Entry<String, double[]> course : courses.entrySet()) {
            course(course.getKey(), course.getValue());
        }
    }

    private void bars(String file, String title, List<Measurement> measurements) throws IOException {
        double most = measurements.stream()
                .mapToDouble(measurement -> measurement.spread().max())
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - 150) / most;
        Svg svg = new Svg(WIDTH, TOP + ROW * measurements.size() + 20, title);
        for (int i = 0; i < measurements.size(); i++) {
            Measurement measured = measurements.get(i);
            Spread spread = measured.spread();
            double y = TOP + ROW * i;
            String colour = isFloor(measured) ? FLOOR : OURS;
            svg.text(LEFT - 10, y + 14, "end", label(measured));
            svg.bar(LEFT, y, spread.median() * scale, ROW - 8, colour);
            svg.line(LEFT + spread.min() * scale, y + 9, LEFT + spread.max() * scale, y + 9, "#222");
            svg.text(LEFT + spread.max() * scale + 6, y + 14, "start", value(measured));
        }
        svg.write(directory.resolve(file));
    }

    private static boolean isFloor(Measurement measured) {
        return Share.FLOOR.isMeasuredBy(measured) || Share.OWN_SCRIPTS.isMeasuredBy(measured);
    }

    private static String label(Measurement measured) {
        return measured.scenario() + (measured.concurrency() == null ? "" : " " + measured.concurrency());
    }

    private static String value(Measurement measured) {
        String median = Numbers.readable(measured.spread().median());
        Double share = measured.shares().get(Share.FLOOR);
        return share == null ? median : median + String.format(Locale.ROOT, " = %.0f %%", share * 100);
    }

    private void percentiles(Measurement measured) throws IOException {
        Svg svg = new Svg(WIDTH, TOP + ROW * PERCENTILES.size() + 20, measured.scenario() + ", milliseconds");
        double most = measured.more().getOrDefault("worst", 1.0);
        double scale = (WIDTH - LEFT - 150) / Math.max(most, 1e-3);
        for (int i = 0; i < PERCENTILES.size(); i++) {
            double millis = measured.more().getOrDefault(PERCENTILES.get(i), 0.0);
            double y = TOP + ROW * i;
            svg.text(LEFT - 10, y + 14, "end", PERCENTILES.get(i));
            svg.bar(LEFT, y, millis * scale, ROW - 8, OURS);
            svg.text(LEFT + millis * scale + 6, y + 14, "start", Numbers.readable(millis));
        }
        svg.write(directory.resolve(measured.scenario() + ".svg"));
    }

    private void course(String scenario, double[] jobs) throws IOException {
        Svg svg = new Svg(WIDTH, HEIGHT, scenario + ": jobs done in each second");
        double most =
                IntStream.range(0, jobs.length).mapToDouble(i -> jobs[i]).max().orElse(1);
        double high = HEIGHT - TOP - 40;
        double wide = (WIDTH - 120.0) / Math.max(1, jobs.length - 1);
        double bottom = TOP + high;
        svg.line(80, bottom, WIDTH - 40, bottom, AXIS);
        svg.line(80, TOP, 80, bottom, AXIS);
        svg.text(74, TOP + 4, "end", Numbers.readable(most));
        svg.text(74, bottom, "end", "0");
        svg.text(WIDTH - 40, bottom + 18, "end", jobs.length + " s");
        svg.path(
                IntStream.range(0, jobs.length)
                        .mapToObj(i -> String.format(
                                Locale.ROOT, "%.1f,%.1f", 80 + i * wide, bottom - jobs[i] / Math.max(1, most) * high))
                        .collect(Collectors.joining(" ")),
                OURS);
        svg.write(directory.resolve(scenario + ".svg"));
    }
}
