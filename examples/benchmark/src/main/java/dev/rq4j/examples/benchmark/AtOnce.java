package dev.rq4j.examples.benchmark;

import dev.rq4j.worker.Worker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/** Runs ten thousand jobs at a time, each of which waits for a second. */
final class AtOnce implements Scenario {

    private static final int COUNT = 10_000;

    @Override
    public String name() {
        return "at-once";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        int count = bench.scaled(COUNT);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Double> peaks = new ArrayList<>();
        List<Double> heaps = new ArrayList<>();
        List<Sample> samples = bench.rounds(name(), () -> {
            Work.fill(bench, count);
            Worker worker = Work.SLOW.worker(bench.jobs(), count).build();
            threads.resetPeakThreadCount();
            try (Heap heap = new Heap()) {
                Sample sample = bench.timed(count, () -> worker.drain().block());
                heaps.add(heap.mostMegabytes());
                peaks.add((double) threads.getPeakThreadCount());
                return sample;
            }
        });
        bench.report()
                .add(Measurement.of(name(), "s", Spread.of(samples, sample -> sample.nanos() / 1e9))
                        .at(count)
                        .with("threads", Spread.of(peaks, peak -> peak).max())
                        .with("heapMegabytes", Spread.of(heaps, most -> most).max()));
    }
}
