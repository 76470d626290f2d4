package dev.rq4j.examples.benchmark;

/** Whether jobs are claimed and settled more slowly the more of them wait. */
final class Backlog implements Scenario {

    /** None just below a power of two, where Redis doubles its tables while it is being measured. */
    private static final int[] LEVELS = {10_000, 100_000, 1_500_000, 5_000_000};

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        new Steps(bench, name(), (scripts, jobs) -> Work.fill(bench, jobs)).climb(LEVELS);
    }
}
