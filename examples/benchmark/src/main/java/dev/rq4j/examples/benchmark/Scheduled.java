package dev.rq4j.examples.benchmark;

import dev.rq4j.examples.benchmark.Work.Order;
import dev.rq4j.worker.Worker;
import dev.rq4j.worker.WorkerBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Schedules a million jobs for tomorrow and ten thousand for now, and watches how soon those run. */
final class Scheduled implements Scenario {

    private static final int LATER = 1_000_000;
    private static final int DUE = 10_000;
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Duration TOMORROW = Duration.ofDays(1);

    @Override
    public String name() {
        return "scheduled";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        int later = bench.scaled(LATER);
        bench.report().progress(name() + ": " + later + " for tomorrow");
        bench.server().empty();
        Instant tomorrow = Instant.now().plus(TOMORROW);
        Sample scheduled = bench.timed(later, () -> schedule(bench, later, tomorrow));
        bench.report()
                .add(bench.report().compared(Measurement.throughput(name(), List.of(scheduled)), Floors.BULK, null));
        promote(bench, bench.scaled(DUE));
        bench.server().empty();
    }

    private static void schedule(Bench bench, int count, Instant time) {
        Order order = Order.ofBytes(Work.USUAL);
        Flux.range(0, count)
                .map(i -> Work.TASK.request(order, job -> job.at(time)))
                .as(bench.queue()::enqueueAll)
                .blockLast();
    }

    private void promote(Bench bench, int count) throws Exception {
        bench.report().progress(name() + ": " + count + " that are due");
        Instant due = Instant.now().plus(SOON);
        schedule(bench, count, due);
        CountDownLatch left = new CountDownLatch(count);
        Histogram late = new ConcurrentHistogram(3);
        WorkerBuilder worker = Worker.builder(bench.jobs())
                .queues(Work.QUEUE)
                .concurrency(Floors.MANY)
                .keepsRunningOnSignals()
                .handle(Work.TASK, order -> {
                    late.recordValue(
                            Math.max(0, Duration.between(due, Instant.now()).toMillis()));
                    left.countDown();
                    return Mono.just(Work.DONE);
                });
        Running.during(worker, left::await);
        bench.report()
                .add(Measurement.of("promoted", "ms late p50", Spread.of((double) late.getValueAtPercentile(50)))
                        .with("jobs", count)
                        .with("firstMillis", (double) late.getMinValue())
                        .with("p99", (double) late.getValueAtPercentile(99))
                        .with("lastMillis", (double) late.getMaxValue())
                        .with("jobsPerSecond", count * 1e3 / Math.max(1, late.getMaxValue())));
    }
}
