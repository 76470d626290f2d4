package dev.rq4j.examples.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the same number of jobs again and again while more and more are there. It warms up where there is least, and comes
 * back there in the end: what differs by then is the machine, and not how many there are.
 */
final class Steps {

    /** Longer than all this takes. */
    static final Duration KEPT = Duration.ofHours(2);

    private static final int COUNT = 10_000;
    /** The JVM has compiled by then what it will compile. */
    private static final int WARM_UP = 12;

    private final Bench bench;
    private final String name;
    private final Filling filling;
    private int present;

    /** Makes more jobs be there. */
    interface Filling {
        void add(int jobs) throws Exception;
    }

    Steps(Bench bench, String name, Filling filling) {
        this.bench = bench;
        this.name = name;
        this.filling = filling;
    }

    void climb(int... levels) throws Exception {
        int least = bench.scaled(levels[0]);
        begin();
        step(least, WARM_UP);
        begin();
        List<Sample> first = null;
        for (int level : levels) {
            List<Sample> samples = step(bench.scaled(level), bench.rounds());
            first = first == null ? samples : first;
            tell(bench.scaled(level), samples, first);
        }
        begin();
        tell(least, step(least, bench.rounds()), first);
        begin();
    }

    private void begin() {
        bench.server().empty();
        present = 0;
    }

    /** Runs as many as are added before, in rounds of which the first does not count. */
    private List<Sample> step(int level, int rounds) throws Exception {
        int count = bench.scaled(COUNT);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i <= rounds; i++) {
            if (level <= count) {
                // What the rounds before have left would be more than what is to be there.
                begin();
            }
            fillUpTo(level);
            bench.report().progress(name + ' ' + level + ": round " + i + " of " + rounds);
            Work.fill(bench, count);
            samples.add(bench.timed(count, () -> run(count)));
        }
        return samples.subList(1, samples.size());
    }

    private void fillUpTo(int level) throws Exception {
        if (present < level) {
            bench.report().progress(name + ": filling up to " + level);
            filling.add(level - present);
            present = level;
        }
    }

    private void run(int count) {
        Work.NOTHING
                .worker(bench.jobs(), Floors.MANY)
                .maxJobs(count)
                .resultTtl(KEPT)
                .build()
                .run()
                .block();
    }

    private void tell(int level, List<Sample> samples, @Nullable List<Sample> first) {
        List<Sample> smallest = first == null ? samples : first;
        Measurement measured = Measurement.throughput(name, samples)
                .at(Floors.MANY)
                .against(Share.SMALLEST, Spread.of(smallest, Sample::perSecond).median())
                .with("present", level)
                .with("scriptMicrosToSmallest", scriptMicros(samples) / scriptMicros(smallest));
        bench.report().add(bench.report().compared(measured, Floors.DRAIN, Floors.MANY));
    }

    private static double scriptMicros(List<Sample> samples) {
        return Spread.of(samples, sample -> sample.usage().scriptMicros()).median();
    }
}
