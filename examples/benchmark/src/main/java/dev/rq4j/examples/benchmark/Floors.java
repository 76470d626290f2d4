package dev.rq4j.examples.benchmark;

import dev.rq4j.job.Retention;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures what Redis does on this machine without rq4j, by the least that has to be done and by the scripts of rq4j, for
 * everything else to be held against.
 */
final class Floors implements Scenario {

    static final String PING = "ping";
    static final String ENQUEUE = "enqueue";
    static final String BULK = "bulk";
    static final String DRAIN = "drain";

    static final int SOME = 50;
    static final int MANY = 256;

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
            ping(bench, floor);
            measure(bench, Share.FLOOR, floor);
        }
        try (OwnScripts own = new OwnScripts(bench.uri(), Retention.RESULT_DEFAULT)) {
            measure(bench, Share.OWN_SCRIPTS, own);
        }
    }

    private static void measure(Bench bench, Share share, Scripts<?> scripts) throws Exception {
        int few = bench.scaled(ALONE_COUNT);
        int many = bench.scaled(MANY_COUNT);
        enqueue(bench, share, scripts, 1, few);
        enqueue(bench, share, scripts, MANY, many);
        bulk(bench, share, scripts, many);
        drain(bench, share, scripts, 1, few);
        drain(bench, share, scripts, SOME, many);
        drain(bench, share, scripts, MANY, many);
    }

    private static void ping(Bench bench, Floor floor) throws Exception {
        int count = bench.scaled(ALONE_COUNT);
        List<Sample> samples = bench.rounds(
                Share.FLOOR.scenario(PING), () -> bench.timed(count, () -> Pipeline.run(count, 1, floor::ping)));
        tell(bench, Share.FLOOR, PING, 1, samples);
    }

    private static void enqueue(Bench bench, Share share, Scripts<?> scripts, int concurrency, int count)
            throws Exception {
        int together = scripts.together(concurrency);
        List<Sample> samples = bench.rounds(
                share.scenario(ENQUEUE) + " " + concurrency,
                () -> enqueue(bench, scripts, count / together + 1, together, concurrency / together));
        tell(bench, share, ENQUEUE, concurrency, samples);
    }

    private static void bulk(Bench bench, Share share, Scripts<?> scripts, int count) throws Exception {
        int calls = count / scripts.bulk() + 1;
        List<Sample> samples = bench.rounds(
                share.scenario(BULK), () -> enqueue(bench, scripts, calls, scripts.bulk(), BATCHES_AT_ONCE));
        tell(bench, share, BULK, null, samples);
    }

    /** What is sent is made before: so there is nothing but Redis, and what it takes to keep it busy. */
    private static Sample enqueue(Bench bench, Scripts<?> scripts, int calls, int together, int atOnce)
            throws Exception {
        Queue<Supplier<CompletionStage<?>>> prepared = IntStream.range(0, calls)
                .mapToObj(i -> scripts.enqueue(together))
                .collect(Collectors.toCollection(ConcurrentLinkedQueue::new));
        return bench.timed(
                (long) calls * together,
                () -> Pipeline.run(calls, atOnce, () -> prepared.remove().get()));
    }

    private static void drain(Bench bench, Share share, Scripts<?> scripts, int concurrency, int count)
            throws Exception {
        List<Sample> samples = bench.rounds(share.scenario(DRAIN) + " " + concurrency, () -> {
            enqueue(bench, scripts, count / scripts.bulk() + 1, scripts.bulk(), BATCHES_AT_ONCE);
            return bench.timed(count, () -> ScriptWorker.run(scripts, count, concurrency));
        });
        tell(bench, share, DRAIN, concurrency, samples);
    }

    private static void tell(
            Bench bench, Share share, String what, @Nullable Integer concurrency, List<Sample> samples) {
        Measurement measured = Measurement.throughput(share.scenario(what), samples);
        bench.report().addFloor(share, what, concurrency == null ? measured : measured.at(concurrency));
    }
}
