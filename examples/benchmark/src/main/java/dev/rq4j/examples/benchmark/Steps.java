package dev.rq4j.examples.benchmark;

import dev.rq4j.job.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the same number of jobs again and again while more and more are there: with rq4j, and by its scripts alone, so that
 * Redis has exactly the same to do each time. It warms up where there is least, and comes back there in the end: what
 * differs by then is the machine, and not how many there are.
 */
final class Steps {

    /** Longer than all this takes. */
    private static final Duration KEPT = Duration.ofHours(2);

    private static final int COUNT = 10_000;
    private static final int BY_SCRIPTS = 5_000;
    /** The JVM has compiled by then what it will compile. */
    private static final int WARM_UP = 12;

    private final Bench bench;
    private final String name;
    private final Filling filling;
    private int present;

    /** Makes so many more jobs be there. */
    interface Filling {
        void add(OwnScripts scripts, int jobs) throws Exception;
    }

    /** What came of the rounds with so many there. */
    private record Step(int level, List<Sample> samples, List<ScriptCost> costs) {
        double perSecond() {
            return Spread.of(samples, Sample::perSecond).median();
        }
    }

    Steps(Bench bench, String name, Filling filling) {
        this.bench = bench;
        this.name = name;
        this.filling = filling;
    }

    void climb(int... levels) throws Exception {
        int least = bench.scaled(levels[0]);
        try (OwnScripts scripts = new OwnScripts(bench.uri(), Retention.of(KEPT))) {
            begin();
            step(scripts, least, WARM_UP);
            begin();
            Step smallest = null;
            for (int level : levels) {
                Step step = step(scripts, bench.scaled(level), bench.rounds());
                smallest = smallest == null ? step : smallest;
                tell(step, smallest);
            }
            begin();
            tell(step(scripts, least, bench.rounds()), smallest);
        } finally {
            begin();
        }
    }

    private void begin() {
        bench.server().empty();
        present = 0;
    }

    /** Runs as many as are added before, in rounds of which the first does not count. */
    private Step step(OwnScripts scripts, int level, int rounds) throws Exception {
        int count = bench.scaled(COUNT);
        int byScripts = bench.scaled(BY_SCRIPTS);
        List<Sample> samples = new ArrayList<>();
        List<ScriptCost> costs = new ArrayList<>();
        for (int i = 0; i <= rounds; i++) {
            if (level <= count) {
                // What the rounds before have left would be more than what is to be there.
                begin();
            }
            fillUpTo(scripts, level);
            bench.report().progress(name + ' ' + level + ": round " + i + " of " + rounds);
            Work.fill(bench, count);
            samples.add(bench.timed(count, () -> run(count)));
            Work.fill(bench, byScripts);
            costs.add(ScriptCost.of(bench, scripts, byScripts));
        }
        return new Step(level, samples.subList(1, samples.size()), costs.subList(1, costs.size()));
    }

    private void fillUpTo(OwnScripts scripts, int level) throws Exception {
        if (present < level) {
            bench.report().progress(name + ": filling up to " + level);
            filling.add(scripts, level - present);
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

    private void tell(Step step, @Nullable Step first) {
        Step smallest = first == null ? step : first;
        ScriptCost cost = ScriptCost.least(step.costs);
        ScriptCost least = ScriptCost.least(smallest.costs);
        Measurement measured = Measurement.throughput(name, step.samples)
                .at(Floors.MANY)
                .against(Share.SMALLEST, smallest.perSecond())
                .with("present", step.level)
                .with("claimMicros", cost.claimMicros())
                .with("claimToSmallest", cost.claimMicros() / least.claimMicros())
                .with("finishMicros", cost.finishMicros())
                .with("finishToSmallest", cost.finishMicros() / least.finishMicros());
        bench.report().add(bench.report().compared(measured, Floors.DRAIN, Floors.MANY));
    }
}
