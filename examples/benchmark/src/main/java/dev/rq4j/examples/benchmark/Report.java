package dev.rq4j.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what is measured: programs at once, people in a table at the end, and where the work is meanwhile. */
final class Report {

    private final PrintStream out;
    private final PrintStream err;
    private final long began = System.nanoTime();
    private final List<Measurement> measurements = new ArrayList<>();
    private final Map<String, double[]> courses = new HashMap<>();
    private final Map<String, Double> floors = new HashMap<>();

    Report(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Says what is under way. */
    void progress(String what) {
        err.printf(Locale.ROOT, "%4d s  %s%n", (System.nanoTime() - began) / 1_000_000_000, what);
    }

    void add(Measurement measurement) {
        measurements.add(measurement);
        out.println(measurement.json());
        out.flush();
    }

    /** Adds what the floor reaches, for others to be held against. */
    void addFloor(String what, Measurement measurement) {
        floors.put(key(what, measurement.concurrency()), measurement.spread().median());
        add(measurement);
    }

    /** Returns what the floor reaches. */
    double floor(String what, @Nullable Integer concurrency) {
        return floors.getOrDefault(key(what, concurrency), Double.NaN);
    }

    private static String key(String what, @Nullable Integer concurrency) {
        return what + '/' + concurrency;
    }

    /** Keeps how many jobs there were in each second. */
    void course(String scenario, double[] jobs) {
        courses.put(scenario, jobs);
    }

    List<Measurement> measurements() {
        return List.copyOf(measurements);
    }

    void finish(@Nullable Path plots) throws IOException {
        err.println(Table.of(measurements));
        if (plots != null) {
            new Plots(plots).write(measurements, courses);
            err.println("pictures: " + plots.toAbsolutePath());
        }
    }
}
