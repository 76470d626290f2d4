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

    /** Adds what is reached without rq4j, for others to be held against. */
    void addFloor(Share share, String what, Measurement measurement) {
        floors.put(
                key(share, what, measurement.concurrency()),
                measurement.spread().median());
        add(measurement);
    }

    /** Returns what is reached without rq4j. */
    double floor(Share share, String what, @Nullable Integer concurrency) {
        return floors.getOrDefault(key(share, what, concurrency), Double.NaN);
    }

    /** Returns a measurement held against all that is reached without rq4j. */
    Measurement compared(Measurement measurement, String what, @Nullable Integer concurrency) {
        return measurement
                .against(Share.FLOOR, floor(Share.FLOOR, what, concurrency))
                .against(Share.OWN_SCRIPTS, floor(Share.OWN_SCRIPTS, what, concurrency));
    }

    private static String key(Share share, String what, @Nullable Integer concurrency) {
        return share.scenario(what) + '/' + concurrency;
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
