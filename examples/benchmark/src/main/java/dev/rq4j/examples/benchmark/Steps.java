package dev.rq4j.examples.benchmark;

import java.util.ArrayList;
import java.util.List;

/** Runs the same number of jobs again and again while more and more are there. */
final class Steps {

    private static final int COUNT = 10_000;

    private final Bench bench;
    private final String name;

    /** Makes more jobs be there. */
    interface Filling {
        /** Returns how many there are; there were so many, and should be as many as this. */
        int fill(int present, int level) throws Exception;
    }

    Steps(Bench bench, String name) {
        this.bench = bench;
        this.name = name;
    }

    void climb(int[] levels, Filling filling) throws Exception {
        bench.server().empty();
        int present = 0;
        for (int level : levels) {
            bench.report().progress(name + ": filling up to " + bench.scaled(level));
            present = filling.fill(present, bench.scaled(level));
            bench.report().progress(name + ": " + present);
            step(bench.scaled(level));
        }
        bench.server().empty();
    }

    /** Runs as many as are added before, in several rounds of which the first does not count. */
    private void step(int level) throws Exception {
        int count = bench.scaled(COUNT);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i <= bench.rounds(); i++) {
            Work.fill(bench, count);
            samples.add(bench.timed(
                    count,
                    () -> Work.NOTHING
                            .worker(bench.jobs(), Floors.MANY)
                            .maxJobs(count)
                            .build()
                            .run()
                            .block()));
        }
        bench.report()
                .add(Measurement.throughput(name, samples.subList(1, samples.size()))
                        .at(Floors.MANY)
                        .against(bench.report().floor(Floors.DRAIN, Floors.MANY))
                        .with("present", level));
    }
}
