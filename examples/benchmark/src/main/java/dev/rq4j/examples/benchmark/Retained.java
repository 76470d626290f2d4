package dev.rq4j.examples.benchmark;

import java.time.Duration;

/** Whether jobs are settled more slowly the more of those before are kept. */
final class Retained implements Scenario {

    private static final int[] LEVELS = {10_000, 100_000, 1_000_000};
    private static final int BATCH = 100_000;

    @Override
    public String name() {
        return "retained";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        new Steps(bench, name()).climb(LEVELS, (kept, level) -> {
            int now = kept;
            while (now < level) {
                int more = Math.min(BATCH, level - now);
                Work.fill(bench, more);
                Work.NOTHING
                        .worker(bench.jobs(), Floors.MANY)
                        // longer than this takes
                        .resultTtl(Duration.ofHours(2))
                        .build()
                        .drain()
                        .block();
                now += more;
            }
            return now;
        });
    }
}
