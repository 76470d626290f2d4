package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Entry.What;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** When handlers began and ended, as they wrote it down themselves. */
final class Runs {

    /**
     * One run of a handler.
     *
     * @param job the job
     * @param process where it ran
     * @param start when it began
     * @param end when it ended; {@link Long#MAX_VALUE} when it did not
     */
    record Run(String job, long process, long start, long end) {}

    private final Map<String, List<Run>> ofJobs = new HashMap<>();

    Runs(List<Entry> entries) {
        Map<String, Long> ends = new HashMap<>();
        for (Entry entry : entries) {
            if (entry.what() == What.END) {
                ends.put(entry.subject() + ' ' + entry.detail() + ' ' + entry.process(), entry.time());
            }
        }
        for (Entry entry : entries) {
            if (entry.what() == What.START) {
                String run = entry.subject() + ' ' + entry.detail() + ' ' + entry.process();
                ofJobs.computeIfAbsent(entry.subject(), job -> new ArrayList<>(1))
                        .add(new Run(
                                entry.subject(),
                                entry.process(),
                                entry.time(),
                                ends.getOrDefault(run, Long.MAX_VALUE)));
            }
        }
        ofJobs.values().forEach(runs -> runs.sort(Comparator.comparingLong(Run::start)));
    }

    /** Returns the runs of a job, in the order in which they began. */
    List<Run> of(String job) {
        return ofJobs.getOrDefault(job, List.of());
    }

    Stream<String> jobs() {
        return ofJobs.keySet().stream();
    }

    Stream<Run> all() {
        return ofJobs.values().stream().flatMap(List::stream);
    }
}
