package dev.rq4j.examples.benchmark;

import dev.rq4j.examples.benchmark.Work.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import reactor.core.publisher.Flux;

/** How long a caller waits from asking for a job to having its result, when there is little to do and when there is much. */
final class Latency implements Scenario {

    private static final int LITTLE = 200;
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int CALIBRATION = 50_000;
    /** A minute, in microseconds. */
    private static final long LONGEST = 60_000_000;

    private final Recorder recorder = new Recorder(LONGEST, 3);

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        Running.during(Work.NOTHING.worker(bench.jobs(), Floors.MANY), () -> {
            measure(bench, "low", LITTLE);
            measure(bench, "half", capacity(bench) / 2);
        });
    }

    /** How many a second can be asked for and awaited. */
    private static double capacity(Bench bench) throws Exception {
        int count = bench.scaled(CALIBRATION);
        Order order = Order.ofBytes(Work.USUAL);
        List<Sample> samples = bench.rounds(
                "latency: how many there can be",
                () -> bench.timed(
                        count,
                        () -> Flux.range(0, count)
                                .flatMap(i -> bench.queue().enqueueAndAwait(Work.TASK, order), Floors.MANY)
                                .blockLast()));
        bench.report().add(Measurement.throughput("enqueue-and-await", samples).at(Floors.MANY));
        return Spread.of(samples, Sample::perSecond).median();
    }

    private void measure(Bench bench, String load, double perSecond) throws Exception {
        List<Histogram> histograms = new ArrayList<>();
        List<Sample> samples = bench.rounds(name() + " at " + load + " load", () -> {
            recorder.reset();
            Sample sample = round(bench, perSecond);
            histograms.add(recorder.getIntervalHistogram());
            return sample;
        });
        List<Histogram> counted = histograms.subList(1, histograms.size());
        bench.report()
                .add(Measurement.of(
                                name() + '-' + load, "ms p50", Spread.of(counted, histogram -> millis(histogram, 50)))
                        .with("jobsPerSecondAsked", perSecond)
                        .with(
                                "jobsPerSecondReached",
                                Spread.of(samples, Sample::perSecond).median())
                        .with(
                                "p50",
                                Spread.of(counted, histogram -> millis(histogram, 50))
                                        .median())
                        .with(
                                "p90",
                                Spread.of(counted, histogram -> millis(histogram, 90))
                                        .median())
                        .with(
                                "p99",
                                Spread.of(counted, histogram -> millis(histogram, 99))
                                        .median())
                        .with(
                                "p99.9",
                                Spread.of(counted, histogram -> millis(histogram, 99.9))
                                        .median())
                        .with(
                                "max",
                                Spread.of(counted, histogram -> millis(histogram, 100))
                                        .max()));
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }

    /** The jobs are asked for on time, whether or not those before are done: whoever waited would not see the longest. */
    private Sample round(Bench bench, double perSecond) throws Exception {
        int count = (int) Math.max(10, perSecond * bench.scaled(LOOK).toMillis() / 1000);
        Order order = Order.ofBytes(Work.USUAL);
        return bench.timed(
                count,
                () -> Pace.of(count, perSecond)
                        .flatMap(
                                i -> {
                                    long began = System.nanoTime();
                                    return bench.queue()
                                            .enqueueAndAwait(Work.TASK, order)
                                            .doOnNext(
                                                    result -> recorder.recordValue((System.nanoTime() - began) / 1000));
                                },
                                Integer.MAX_VALUE)
                        .blockLast());
    }
}
