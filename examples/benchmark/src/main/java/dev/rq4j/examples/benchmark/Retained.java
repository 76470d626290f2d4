package dev.rq4j.examples.benchmark;

/** Whether jobs are claimed and settled more slowly the more of those before are kept. */
final class Retained implements Scenario {

    private static final int BATCH = 100_000;
    /** None just below a power of two, where Redis doubles its tables while it is being measured. */
    private static final int[] LEVELS = {10_000, 100_000, 1_500_000};

    @Override
    public String name() {
        return "retained";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        new Steps(bench, name(), (scripts, jobs) -> fill(bench, scripts, jobs)).climb(LEVELS);
    }

    /** By rq4j's own scripts, which leave what rq4j leaves, and sooner. */
    private static void fill(Bench bench, OwnScripts scripts, int jobs) {
        for (int left = jobs; left > 0; left -= BATCH) {
            int some = Math.min(BATCH, left);
            Work.fill(bench, some);
            ScriptWorker.run(scripts, some, Floors.MANY);
        }
    }
}
