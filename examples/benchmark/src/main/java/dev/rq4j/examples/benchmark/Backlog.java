package dev.rq4j.examples.benchmark;

/** Whether jobs are claimed and settled more slowly the more of them wait. */
final class Backlog implements Scenario {

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        new Steps(bench, name(), jobs -> Work.fill(bench, jobs)).climb(10_000, 100_000, 1_000_000, 5_000_000);
    }
}
