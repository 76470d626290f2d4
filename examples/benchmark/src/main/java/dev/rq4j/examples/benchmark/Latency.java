package dev.rq4j.examples.benchmark;

import dev.rq4j.examples.benchmark.Work.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How long a caller waits from asking for a job to having its result, when there is little to do and when there is much;
 * and how long for a bare PING at the same pace: what has nothing to do between two requests takes longer to wake up.
 */
final class Latency implements Scenario {

    private static final int LITTLE = 200;
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int CALIBRATION = 50_000;
    /** A minute, in microseconds. */
    private static final long LONGEST = 60_000_000;

    private static final double[] PERCENTILES = {50, 90, 99, 99.9};
    private static final Order ORDER = Order.ofBytes(Work.USUAL);

    private final Recorder recorder = new Recorder(LONGEST, 3);

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        // First, for the JVM to be warm.
        double capacity = capacity(bench);
        try (Floor floor = new Floor(bench.uri())) {
            measure(bench, "ping", LITTLE, () -> Mono.fromCompletionStage(floor::ping));
        }
        measure(bench, "low", LITTLE, () -> ask(bench));
        measure(bench, "half", capacity / 2, () -> ask(bench));
    }

    /** How many a second can be asked for and awaited. */
    private static double capacity(Bench bench) throws Exception {
        int count = bench.scaled(CALIBRATION);
        List<Sample> samples = bench.rounds(
                "latency: how many there can be",
                () -> atWork(
                        bench,
                        count,
                        () -> Flux.range(0, count)
                                .flatMap(i -> ask(bench), Floors.MANY)
                                .blockLast()));
        bench.report().add(Measurement.throughput("enqueue-and-await", samples).at(Floors.MANY));
        return Spread.of(samples, Sample::perSecond).median();
    }

    private void measure(Bench bench, String what, double perSecond, Supplier<Mono<?>> request) throws Exception {
        int count = (int) Math.max(10, perSecond * bench.scaled(LOOK).toMillis() / 1000);
        List<Histogram> histograms = new ArrayList<>();
        List<Sample> samples = bench.rounds(name() + ": " + what, () -> {
            recorder.reset();
            Sample sample = atWork(bench, count, () -> round(count, perSecond, request));
            histograms.add(recorder.getIntervalHistogram());
            return sample;
        });
        List<Histogram> counted = histograms.subList(1, histograms.size());
        Measurement measured = Measurement.of(name() + '-' + what, "ms p50", spread(counted, 50))
                .with("jobsPerSecondAsked", perSecond)
                .with(
                        "jobsPerSecondReached",
                        Spread.of(samples, Sample::perSecond).median());
        for (double percentile : PERCENTILES) {
            measured = measured.with(
                    "p" + Numbers.plain(percentile), spread(counted, percentile).median());
        }
        bench.report().add(measured.with("worst", spread(counted, 100).max()));
    }

    private static Spread spread(List<Histogram> histograms, double percentile) {
        return Spread.of(histograms, histogram -> histogram.getValueAtPercentile(percentile) / 1e3);
    }

    /** Times what is done once a worker is at work, which it is when it has done a job. */
    private static Sample atWork(Bench bench, int count, Bench.Action action) throws Exception {
        List<Sample> timed = new ArrayList<>();
        Running.during(Work.NOTHING.worker(bench.jobs(), Floors.MANY), () -> {
            ask(bench).block();
            timed.add(bench.timed(count, action));
        });
        return timed.get(0);
    }

    /** The jobs are asked for on time, whether or not those before are done: whoever waited would not see the longest. */
    private void round(int count, double perSecond, Supplier<Mono<?>> request) {
        Pace.of(count, perSecond)
                .flatMap(
                        i -> {
                            long began = System.nanoTime();
                            return request.get()
                                    .doOnNext(result -> recorder.recordValue((System.nanoTime() - began) / 1000));
                        },
                        Integer.MAX_VALUE)
                .blockLast();
    }

    private static Mono<String> ask(Bench bench) {
        return bench.queue().enqueueAndAwait(Work.TASK, ORDER);
    }
}
