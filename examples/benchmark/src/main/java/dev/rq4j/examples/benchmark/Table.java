package dev.rq4j.examples.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lays measurements out for people. */
final class Table {

    private static final List<String> HEAD = Stream.of(
                    Stream.of("scenario", "at once", "median", "min", "max", "unit"),
                    Arrays.stream(Share.values()).map(Share::column),
                    Stream.of("and"))
            .flatMap(Function.identity())
            .toList();
    /** Words begin at the left, numbers end at the right. */
    private static final List<Integer> WORDS = List.of(0, 5, HEAD.size() - 1);

    private Table() {}

    static String of(List<Measurement> measurements) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        measurements.forEach(measurement -> rows.add(row(measurement)));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length - 1; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining(System.lineSeparator()));
    }

    private static List<String> row(Measurement measurement) {
        Spread spread = measurement.spread();
        List<String> row = new ArrayList<>(List.of(
                measurement.scenario(),
                measurement.concurrency() == null ? "" : Numbers.readable(measurement.concurrency()),
                Numbers.readable(spread.median()),
                Numbers.readable(spread.min()),
                Numbers.readable(spread.max()),
                measurement.unit()));
        for (Share share : Share.values()) {
            row.add(percent(measurement.shares().get(share)));
        }
        row.add(measurement.more().entrySet().stream()
                .map(figure -> figure.getKey() + " " + Numbers.readable(figure.getValue()))
                .collect(Collectors.joining(", ")));
        return row;
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String padding = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
            line.append(i == 0 ? "" : "  ").append(WORDS.contains(i) ? row.get(i) + padding : padding + row.get(i));
        }
        return line.toString().stripTrailing();
    }
}
