package dev.rq4j.examples.benchmark;

import dev.rq4j.embedded.EmbeddedRedis;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures the floor and then the scenarios, and says for each how fast it was: in a table for people on stderr, in a line
 * of JSON on stdout.
 */
public final class Benchmark {

    /** In the order in which they run: what fills Redis comes last. */
    static final List<Scenario> SCENARIOS = List.of(
            new StartUp(),
            new Enqueue(),
            new Bulk(),
            new Drain(Work.NOTHING),
            new Drain(Work.INPUT_OUTPUT),
            new Drain(Work.COMPUTING),
            new Latency(),
            new AtOnce(),
            new Await(),
            new Idle(),
            new Memory(),
            new Mixed(),
            new Scheduled(),
            new Backlog(),
            new Retained());

    private Benchmark() {}

    /** Runs as {@link Settings#USAGE} says. */
    public static void main(String[] args) throws Exception {
        Settings settings;
        try {
            settings = Settings.of(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + System.lineSeparator() + Settings.USAGE);
            System.exit(2);
            return;
        }
        run(settings, System.out, System.err);
        System.exit(0);
    }

    /** Measures what is asked for and returns all of it, after it was told. */
    static List<Measurement> run(Settings settings, PrintStream out, PrintStream err) throws Exception {
        try (Host host = new Host(settings.redis());
                Bench bench = new Bench(settings, host.uri(), new Report(out, err))) {
            new Floors().measure(bench);
            for (Scenario scenario : settings.chosen()) {
                scenario.measure(bench);
            }
            bench.report().finish(settings.plots());
            return bench.report().measurements();
        }
    }

    /** The Redis that was named, or else one of its own. */
    private static final class Host implements AutoCloseable {

        private final @Nullable EmbeddedRedis own;
        private final String uri;

        Host(@Nullable String named) {
            this.own = named == null ? EmbeddedRedis.start() : null;
            this.uri = own == null ? String.valueOf(named) : own.uri();
        }

        String uri() {
            return uri;
        }

        @Override
        public void close() {
            if (own != null) {
                own.close();
            }
        }
    }
}
