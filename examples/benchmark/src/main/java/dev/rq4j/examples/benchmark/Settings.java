package dev.rq4j.examples.benchmark;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run is told.
 *
 * @param redis where Redis is; null for one of its own
 * @param scale what all sizes are multiplied by
 * @param rounds how often each is measured, after one round to warm up
 * @param plots where pictures go; null for none
 * @param names the scenarios, or the beginnings of their names; none for all
 */
record Settings(
        @Nullable String redis,
        double scale,
        int rounds,
        @Nullable Path plots,
        List<String> names) {

    static final Settings DEFAULTS = new Settings(null, 1, 5, null, List.of());

    static final String USAGE =
            """
            java -jar benchmark.jar [--redis URI] [--scale FACTOR] [--rounds N] [--plot DIRECTORY] [SCENARIO...]
              --redis   an empty database, such as redis://127.0.0.1:6379/5; without it a Redis is started
              --scale   multiplies all sizes; 1 takes about half an hour and 8 GB for Redis (default: 1)
              --rounds  how often to measure, after one round to warm up (default: 5)
              --plot    writes pictures (SVG) into this directory
            scenarios (default: all): %s""".formatted(Benchmark.SCENARIOS.stream().map(Scenario::name).collect(Collectors.joining(", ")));

    /** Reads the arguments; throws {@link IllegalArgumentException} for what cannot be. */
    static Settings of(String... args) {
        Settings settings = DEFAULTS;
        Deque<String> left = new ArrayDeque<>(Arrays.asList(args));
        while (!left.isEmpty()) {
            settings = settings.with(left.pop(), left);
        }
        return settings;
    }

    private Settings with(String arg, Deque<String> left) {
        if (!arg.startsWith("-")) {
            List<String> more = new ArrayList<>(names);
            more.add(known(arg));
            return new Settings(redis, scale, rounds, plots, more);
        }
        String value = left.poll();
        if (value == null) {
            throw new IllegalArgumentException("a value is missing, or no such option: " + arg);
        }
        return switch (arg) {
            case "--redis" -> new Settings(value, scale, rounds, plots, names);
            case "--scale" -> new Settings(redis, positive(Double.parseDouble(value)), rounds, plots, names);
            case "--rounds" -> new Settings(redis, scale, (int) positive(Integer.parseInt(value)), plots, names);
            case "--plot" -> new Settings(redis, scale, rounds, Path.of(value), names);
            default -> throw new IllegalArgumentException("no such option: " + arg);
        };
    }

    private static double positive(double number) {
        if (!(number > 0)) {
            throw new IllegalArgumentException("must be above zero, but was " + number);
        }
        return number;
    }

    private static String known(String name) {
        if (Benchmark.SCENARIOS.stream().noneMatch(scenario -> scenario.name().startsWith(name))) {
            throw new IllegalArgumentException("no such scenario: " + name);
        }
        return name;
    }

    /** Returns the scenarios that are asked for, in the order in which they run. */
    List<Scenario> chosen() {
        return Benchmark.SCENARIOS.stream()
                .filter(scenario -> names.isEmpty() || names.stream().anyMatch(scenario.name()::startsWith))
                .toList();
    }
}
