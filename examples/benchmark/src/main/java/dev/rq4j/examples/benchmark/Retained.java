package dev.rq4j.examples.benchmark;

import dev.rq4j.job.Retention;

/** Whether jobs are claimed and settled more slowly the more of those before are kept. */
final class Retained implements Scenario {

    private static final int BATCH = 100_000;

    @Override
    public String name() {
        return "retained";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        try (OwnScripts own = new OwnScripts(bench.uri(), Retention.of(Steps.KEPT))) {
            new Steps(bench, name(), jobs -> fill(bench, own, jobs)).climb(10_000, 100_000, 1_000_000);
        }
    }

    /** By rq4j's own scripts, which leave what rq4j leaves, and sooner. */
    private static void fill(Bench bench, OwnScripts own, int jobs) {
        for (int left = jobs; left > 0; left -= BATCH) {
            int some = Math.min(BATCH, left);
            Work.fill(bench, some);
            ScriptWorker.run(own, some, Floors.MANY);
        }
    }
}
