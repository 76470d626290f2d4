package dev.rq4j.examples.benchmark;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Measures what Redis does on this machine without rq4j, for everything else to be held against. */
final class Floors implements Scenario {

    static final String PING = "ping";
    static final String ENQUEUE = "enqueue";
    static final String BULK = "bulk";
    static final String DRAIN = "drain";

    static final int SOME = 50;
    static final int MANY = 256;

    private static final int BATCH = 256;
    private static final int BATCHES_AT_ONCE = 4;
    private static final int ALONE_COUNT = 10_000;
    private static final int MANY_COUNT = 100_000;

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        try (Floor floor = new Floor(bench.uri())) {
            int few = bench.scaled(ALONE_COUNT);
            int many = bench.scaled(MANY_COUNT);
            requests(bench, PING, 1, few, floor::ping);
            requests(bench, ENQUEUE, 1, few, () -> floor.enqueue(1));
            requests(bench, ENQUEUE, MANY, many, () -> floor.enqueue(1));
            bulk(bench, floor, many);
            drain(bench, floor, 1, few);
            drain(bench, floor, SOME, many);
            drain(bench, floor, MANY, many);
        }
    }

    private void requests(Bench bench, String what, int concurrency, int count, Supplier<CompletionStage<?>> request)
            throws Exception {
        List<Sample> samples = bench.rounds(
                label(what) + " " + concurrency,
                () -> bench.timed(count, () -> Pipeline.run(count, concurrency, request)));
        bench.report()
                .addFloor(what, Measurement.throughput(label(what), samples).at(concurrency));
    }

    private void bulk(Bench bench, Floor floor, int count) throws Exception {
        int batches = Math.max(1, count / BATCH);
        List<Sample> samples = bench.rounds(
                label(BULK),
                () -> bench.timed(
                        (long) batches * BATCH,
                        () -> Pipeline.run(batches, BATCHES_AT_ONCE, () -> floor.enqueue(BATCH))));
        bench.report().addFloor(BULK, Measurement.throughput(label(BULK), samples));
    }

    private void drain(Bench bench, Floor floor, int concurrency, int count) throws Exception {
        List<Sample> samples = bench.rounds(label(DRAIN) + " " + concurrency, () -> {
            Pipeline.run(count, MANY, () -> floor.enqueue(1));
            return bench.timed(count, () -> FloorWorker.run(floor, count, concurrency));
        });
        bench.report()
                .addFloor(DRAIN, Measurement.throughput(label(DRAIN), samples).at(concurrency));
    }

    private String label(String what) {
        return name() + '-' + what;
    }
}
