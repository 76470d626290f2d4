package dev.rq4j.examples.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long a new process takes from its first moment to its first job done. */
final class StartUp implements Scenario {

    @Override
    public String name() {
        return "start-up";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        List<FirstJob.Times> times = new ArrayList<>();
        // None to warm up: each is as cold as the last.
        for (int i = 1; i <= bench.rounds(); i++) {
            bench.report().progress(name() + ": process " + i);
            times.add(start(bench.uri()));
        }
        bench.server().empty();
        bench.report()
                .add(Measurement.of(name(), "ms", Spread.of(times, FirstJob.Times::sinceStart))
                        .with(
                                "ofRq4j",
                                Spread.of(times, FirstJob.Times::sinceMain).median()));
    }

    private static FirstJob.Times start(String uri) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstJob.class.getName(),
                        uri)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            if (process.waitFor() != 0 || line == null) {
                throw new IOException("the new process did not end well");
            }
            return FirstJob.Times.read(line);
        }
    }
}
