package dev.rq4j.examples.benchmark;

import dev.rq4j.examples.benchmark.Work.Order;
import java.util.List;
import reactor.core.publisher.Flux;

/** Enqueues jobs one by one, as many at a time as callers would. */
final class Enqueue implements Scenario {

    private static final int ALONE = 10_000;
    private static final int MANY = 100_000;

    @Override
    public String name() {
        return "enqueue";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        measure(bench, 1, bench.scaled(ALONE));
        measure(bench, Floors.MANY, bench.scaled(MANY));
    }

    private void measure(Bench bench, int concurrency, int count) throws Exception {
        Order order = Order.ofBytes(Work.USUAL);
        List<Sample> samples = bench.rounds(
                name() + " " + concurrency,
                () -> bench.timed(
                        count,
                        () -> Flux.range(0, count)
                                .flatMap(i -> bench.queue().enqueue(Work.TASK, order), concurrency)
                                .blockLast()));
        Measurement measured = bench.report()
                .compared(Measurement.throughput(name(), samples).at(concurrency), Floors.ENQUEUE, concurrency);
        bench.report().add(concurrency > 1 ? measured : besidePing(measured, samples, bench));
    }

    /** How many round trips of a bare PING the enqueuing of one job takes. */
    private static Measurement besidePing(Measurement measured, List<Sample> samples, Bench bench) {
        double micros = Spread.of(samples, Sample::micros).median();
        return measured.with("micros", micros)
                .with("pings", micros * bench.report().floor(Share.FLOOR, Floors.PING, 1) / 1e6);
    }
}
