package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Entry.What;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What grows in those who live through all of it. */
final class Growth {

    /** The first look finds a JVM that has not yet seen everything. */
    private static final int WARM_UP = 1;

    private static final int LOOKS = 3;
    private static final double MEGABYTE = 1 << 20;
    private static final double MILLION = 1e6;
    /** Pools that fill up, and what was to be collected later, are less than that. */
    private static final double MOST_MEGABYTES = 24;
    /** Of threads and files there are a few more while a connection is made anew. */
    private static final double MOST_OF_OTHERS = 16;

    private final What what;
    private final List<List<Entry>> looks;

    Growth(What what, List<Entry> entries) {
        this.what = what;
        this.looks = entries.stream()
                .filter(entry -> entry.what() == what)
                .collect(Collectors.groupingBy(Entry::process, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .filter(of -> of.size() >= WARM_UP + LOOKS)
                .map(of -> of.subList(WARM_UP, of.size()))
                .toList();
    }

    /** Returns whether somebody has more in use at the end than what comes and goes. */
    boolean isTooMuch() {
        double most = what == What.HEAP ? MOST_MEGABYTES * MEGABYTE : MOST_OF_OTHERS;
        return looks.stream().anyMatch(of -> count(of.get(of.size() - 1)) - count(of.get(0)) > most);
    }

    /** Returns the first and the last count of each process. */
    String ends() {
        return shown(looks.stream()
                .map(of -> "%.0f to %.0f".formatted(count(of.get(0)), count(of.get(of.size() - 1))))
                .toList());
    }

    /** Returns by how many megabytes each process grows in a million jobs. */
    String slopes() {
        List<String> slopes = new ArrayList<>();
        looks.forEach(of -> slopes.add("%.1f".formatted(slope(of))));
        return shown(slopes);
    }

    private static String shown(List<String> each) {
        return each.isEmpty() ? "not looked at often enough" : String.join(", ", each);
    }

    /** The line with the least squares through all looks. */
    private static double slope(List<Entry> looks) {
        double[] jobs = looks.stream()
                .mapToDouble(look -> Double.parseDouble(look.subject()) / MILLION)
                .toArray();
        double[] used =
                looks.stream().mapToDouble(look -> count(look) / MEGABYTE).toArray();
        double meanJobs = Arrays.stream(jobs).average().orElseThrow();
        double meanUsed = Arrays.stream(used).average().orElseThrow();
        double both = 0;
        double squares = 0;
        for (int i = 0; i < jobs.length; i++) {
            both += (jobs[i] - meanJobs) * (used[i] - meanUsed);
            squares += (jobs[i] - meanJobs) * (jobs[i] - meanJobs);
        }
        return both / squares;
    }

    private static double count(Entry look) {
        return Double.parseDouble(look.detail());
    }
}
