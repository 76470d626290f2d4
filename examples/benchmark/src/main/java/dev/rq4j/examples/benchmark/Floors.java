package dev.rq4j.examples.benchmark;

import dev.rq4j.job.Retention;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

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
            requests(bench, Share.FLOOR, PING, 1, bench.scaled(ALONE_COUNT), 1, floor::ping);
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

    private static void enqueue(Bench bench, Share share, Scripts<?> scripts, int concurrency, int count)
            throws Exception {
        int together = scripts.together(concurrency);
        requests(bench, share, ENQUEUE, concurrency, count, together, () -> scripts.enqueue(together));
    }

    /** Sends as many requests as it takes for so many jobs, of which each does some together. */
    private static void requests(
            Bench bench,
            Share share,
            String what,
            int concurrency,
            int count,
            int together,
            Supplier<CompletionStage<?>> request)
            throws Exception {
        int requests = Math.max(1, count / together);
        List<Sample> samples = bench.rounds(
                share.scenario(what) + " " + concurrency,
                () -> bench.timed(
                        (long) requests * together, () -> Pipeline.run(requests, concurrency / together, request)));
        bench.report()
                .addFloor(
                        share,
                        what,
                        Measurement.throughput(share.scenario(what), samples).at(concurrency));
    }

    private static void bulk(Bench bench, Share share, Scripts<?> scripts, int count) throws Exception {
        int requests = Math.max(1, count / scripts.bulk());
        List<Sample> samples = bench.rounds(
                share.scenario(BULK),
                () -> bench.timed((long) requests * scripts.bulk(), () -> fill(scripts, requests)));
        bench.report().addFloor(share, BULK, Measurement.throughput(share.scenario(BULK), samples));
    }

    private static void fill(Scripts<?> scripts, int requests) {
        Pipeline.run(requests, BATCHES_AT_ONCE, () -> scripts.enqueue(scripts.bulk()));
    }

    private static void drain(Bench bench, Share share, Scripts<?> scripts, int concurrency, int count)
            throws Exception {
        List<Sample> samples = bench.rounds(share.scenario(DRAIN) + " " + concurrency, () -> {
            fill(scripts, count / scripts.bulk() + 1);
            return bench.timed(count, () -> ScriptWorker.run(scripts, count, concurrency));
        });
        bench.report()
                .addFloor(
                        share,
                        DRAIN,
                        Measurement.throughput(share.scenario(DRAIN), samples).at(concurrency));
    }
}
