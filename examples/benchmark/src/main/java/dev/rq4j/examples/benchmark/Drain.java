package dev.rq4j.examples.benchmark;

import dev.rq4j.worker.Worker;
import java.util.List;

/** Runs jobs that wait already, and keeps their results. */
final class Drain implements Scenario {

    /** About as many as are done in a second or two, so that the beginning and the end weigh little. */
    private static final int ALONE = 10_000;

    private static final int SOME = 30_000;
    private static final int MANY = 50_000;

    private final Work work;

    Drain(Work work) {
        this.work = work;
    }

    @Override
    public String name() {
        return "drain-" + work.label();
    }

    @Override
    public void measure(Bench bench) throws Exception {
        measure(bench, 1, bench.scaled(work == Work.INPUT_OUTPUT ? ALONE / 5 : ALONE));
        measure(bench, Floors.SOME, bench.scaled(SOME));
        measure(bench, Floors.MANY, bench.scaled(MANY));
    }

    private void measure(Bench bench, int concurrency, int count) throws Exception {
        List<Sample> samples = bench.rounds(name() + " " + concurrency, () -> {
            Work.fill(bench, count);
            Worker worker = work.worker(bench.jobs(), concurrency).build();
            return bench.timed(count, () -> worker.drain().block());
        });
        Measurement measured = Measurement.throughput(name(), samples).at(concurrency);
        bench.report().add(bench.report().compared(measured, Floors.DRAIN, concurrency));
    }
}
