package dev.rq4j.examples.benchmark;

import dev.rq4j.JobHandle;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/** Waits for the results of ten thousand jobs at a time, from before the first runs to the last. */
final class Await implements Scenario {

    private static final int COUNT = 10_000;

    @Override
    public String name() {
        return "await";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        int count = bench.scaled(COUNT);
        List<Double> connections = new ArrayList<>();
        List<Sample> samples = bench.rounds(name(), () -> {
            List<JobHandle<?>> jobs = Flux.range(0, count)
                    .map(i -> Work.TASK.request(Work.Order.ofBytes(Work.USUAL)))
                    .as(bench.queue()::enqueueAll)
                    .collectList()
                    .blockOptional()
                    .orElseThrow();
            return bench.timed(count, () -> {
                var results = Flux.fromIterable(jobs)
                        .flatMap(JobHandle::result, count)
                        .count()
                        .toFuture();
                Running.during(Work.NOTHING.worker(bench.jobs(), Floors.MANY), () -> {
                    results.join();
                    connections.add((double) bench.server().clients());
                });
            });
        });
        bench.report()
                .add(Measurement.throughput(name(), samples)
                        .at(count)
                        .with(
                                "connections",
                                Spread.of(connections, clients -> clients).max()));
    }
}
