package dev.rq4j.examples.benchmark;

import dev.rq4j.examples.benchmark.Work.Order;

/** How many bytes of Redis a job takes while it waits, and with its result when it has finished. */
final class Memory implements Scenario {

    private static final int COUNT = 20_000;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        // Scripts, connections and a worker's own keys are to be there before.
        run(bench, 1);
        for (int bytes : new int[] {Work.USUAL, 1_000, 10_000}) {
            measure(bench, bytes);
        }
        bench.server().empty();
    }

    private void measure(Bench bench, int bytes) {
        bench.report().progress(name() + " of jobs of " + bytes + " bytes");
        int count = bench.scaled(COUNT);
        bench.server().empty();
        long before = bench.server().memory();
        Work.fill(bench, count, Order.ofBytes(bytes));
        long waiting = bench.server().memory();
        run(bench, Floors.MANY);
        long finished = bench.server().memory();
        tell(bench, "pending", bytes, (waiting - before) / (double) count);
        tell(bench, "retained", bytes, (finished - before) / (double) count);
    }

    private void tell(Bench bench, String what, int bytes, double perJob) {
        bench.report()
                .add(Measurement.of(name() + '-' + what, "bytes/job", Spread.of(perJob))
                        .with("payloadBytes", bytes));
    }

    private static void run(Bench bench, int concurrency) {
        Work.NOTHING.worker(bench.jobs(), concurrency).build().drain().block();
    }
}
