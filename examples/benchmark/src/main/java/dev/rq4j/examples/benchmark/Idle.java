package dev.rq4j.examples.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What workers cost Redis that have nothing to do. */
final class Idle implements Scenario {

    /** Within it falls all that is done but once a minute, and three signs of life of each. */
    private static final Duration LOOK = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        measure(bench, 1);
        measure(bench, 50);
    }

    private void measure(Bench bench, int workers) throws Exception {
        bench.report().progress(name() + ' ' + workers);
        List<Running> running = new ArrayList<>();
        try {
            for (int i = 0; i < workers; i++) {
                running.add(Running.start(Work.NOTHING.worker(bench.jobs(), Floors.MANY)));
            }
            // Until all of them wait.
            bench.timed(
                    1, () -> Thread.sleep(bench.scaled(Duration.ofSeconds(5)).toMillis()));
            Sample sample = bench.timed(1, () -> Thread.sleep(bench.scaled(LOOK).toMillis()));
            double seconds = sample.nanos() / 1e9;
            Usage perSecond = sample.usage().per(seconds);
            bench.report()
                    .add(Measurement.of(name(), "commands/s", Spread.of(perSecond.commands()))
                            .at(workers)
                            .with("percentOfCore", perSecond.cpuMicros() / 1e4)
                            .with("scriptsPerSecond", perSecond.scripts())
                            .with("connections", bench.server().clients()));
        } finally {
            running.forEach(Running::close);
            bench.server().empty();
        }
    }
}
