package dev.rq4j.examples.benchmark;

import dev.rq4j.examples.benchmark.Work.Order;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/** Producers, workers, and callers that await what comes of it, all in one process for a minute. */
final class Mixed implements Scenario {

    private static final Duration TIME = Duration.ofMinutes(1);
    private static final int CALLERS = 512;
    private static final int WORKERS = 4;

    @Override
    public String name() {
        return "mixed";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        bench.report().progress(name());
        Duration time = bench.scaled(TIME);
        AtomicLongArray done = new AtomicLongArray((int) time.toSeconds() + 1);
        Running[] workers = IntStream.range(0, WORKERS)
                .mapToObj(i -> Running.start(Work.NOTHING.worker(bench.jobs(), Floors.MANY / WORKERS)))
                .toArray(Running[]::new);
        try (Pauses pauses = new Pauses()) {
            Sample sample = bench.timed(1, () -> produce(bench, time, done));
            tell(bench, sample, done, pauses);
        } finally {
            for (Running worker : workers) {
                worker.close();
            }
            bench.server().empty();
        }
    }

    private static void produce(Bench bench, Duration time, AtomicLongArray done) throws InterruptedException {
        Order order = Order.ofBytes(Work.USUAL);
        AtomicBoolean over = new AtomicBoolean();
        long began = System.nanoTime();
        var callers = Flux.range(0, CALLERS)
                .flatMap(
                        caller -> Flux.defer(() -> bench.queue().enqueueAndAwait(Work.TASK, order))
                                .doOnNext(result -> done.incrementAndGet(Math.min(
                                        done.length() - 1, (int) ((System.nanoTime() - began) / 1_000_000_000))))
                                .repeat(() -> !over.get()),
                        CALLERS)
                .then()
                .toFuture();
        Thread.sleep(time.toMillis());
        over.set(true);
        callers.join();
    }

    private void tell(Bench bench, Sample sample, AtomicLongArray done, Pauses pauses) {
        int seconds = Math.max(1, done.length() - 1);
        // The last second is not a whole one.
        double[] course = IntStream.range(0, seconds).mapToDouble(done::get).toArray();
        long jobs = IntStream.range(0, done.length()).mapToLong(done::get).sum();
        Usage perJob = sample.usage().per((double) jobs);
        bench.report().course(name(), course);
        Measurement measured = Measurement.of(name(), Measurement.THROUGHPUT, Spread.of(course))
                .at(CALLERS);
        bench.report()
                .add(bench.report()
                        .compared(measured, Floors.DRAIN, Floors.MANY)
                        .with("jobsPerSecondAllInAll", jobs * 1e9 / sample.nanos())
                        .with("scriptsPerJob", perJob.scripts())
                        .with("redisMicrosPerJob", perJob.cpuMicros())
                        .with("pauses", pauses.count())
                        .with("pauseMillis", (double) pauses.millis())
                        .with("longestPauseMillis", (double) pauses.longest()));
    }
}
