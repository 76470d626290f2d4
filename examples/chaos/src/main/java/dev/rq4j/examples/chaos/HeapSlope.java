package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Entry.What;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** By how much the heap of those who live through all of it grows. */
final class HeapSlope {

    /** The first look finds a JVM that has not yet seen everything. */
    private static final int WARM_UP = 1;

    private static final int LOOKS = 3;

    private HeapSlope() {}

    /** Returns it for each process that was looked at often enough, in megabytes a million jobs. */
    static String of(List<Entry> entries) {
        Map<Long, List<Entry>> looks = entries.stream()
                .filter(entry -> entry.what() == What.HEAP)
                .collect(Collectors.groupingBy(Entry::process));
        List<String> slopes = new ArrayList<>();
        for (List<Entry> of : looks.values()) {
            if (of.size() >= WARM_UP + LOOKS) {
                slopes.add("%.1f".formatted(slope(of.subList(WARM_UP, of.size()))));
            }
        }
        return slopes.isEmpty() ? "not looked at often enough" : String.join(", ", slopes);
    }

    /** The line with the least squares through all looks. */
    private static double slope(List<Entry> looks) {
        double[] jobs = looks.stream()
                .mapToDouble(look -> Double.parseDouble(look.subject()) / 1e6)
                .toArray();
        double[] used = looks.stream()
                .mapToDouble(look -> Double.parseDouble(look.detail()) / (1 << 20))
                .toArray();
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
}
