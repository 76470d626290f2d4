package dev.rq4j.examples.benchmark;

import java.util.List;

/** Enqueues many jobs with one call. */
final class Bulk implements Scenario {

    private static final int COUNT = 200_000;

    @Override
    public String name() {
        return "bulk";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        int count = bench.scaled(COUNT);
        List<Sample> samples = bench.rounds(name(), () -> bench.timed(count, () -> Work.fill(bench, count)));
        bench.report().add(bench.report().compared(Measurement.throughput(name(), samples), Floors.BULK, null));
    }
}
