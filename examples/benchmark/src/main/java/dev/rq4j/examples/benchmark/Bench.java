package dev.rq4j.examples.benchmark;

import dev.rq4j.JobClient;
import dev.rq4j.JobQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What scenarios measure with: one client, one queue, one Redis, which is emptied before each round. */
final class Bench implements AutoCloseable {

    private static final int LEAST = 20;

    private final Settings settings;
    private final String uri;
    private final Report report;
    private final Server server;
    private final JobClient jobs;

    /** What one round does: it prepares, and times what counts. */
    interface Round {
        Sample run() throws Exception;
    }

    /** What is timed. */
    interface Action {
        void run() throws Exception;
    }

    Bench(Settings settings, String uri, Report report) {
        this.settings = settings;
        this.uri = uri;
        this.report = report;
        this.server = new Server(uri);
        this.jobs = JobClient.connect(uri);
    }

    String uri() {
        return uri;
    }

    Report report() {
        return report;
    }

    Server server() {
        return server;
    }

    JobClient jobs() {
        return jobs;
    }

    JobQueue queue() {
        return jobs.queue(Work.QUEUE);
    }

    /** Returns how often to measure. */
    int rounds() {
        return settings.rounds();
    }

    /** Returns how many of so many there are at this scale. */
    int scaled(int count) {
        return (int) Math.max(LEAST, Math.min(Integer.MAX_VALUE, count * settings.scale()));
    }

    /** Returns how long to look at this scale: no longer than this. */
    Duration scaled(Duration time) {
        return Duration.ofMillis((long) Math.max(200, time.toMillis() * Math.min(1, settings.scale())));
    }

    /** Runs a round to warm up, then those that count. */
    List<Sample> rounds(String what, Round round) throws Exception {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i <= settings.rounds(); i++) {
            report.progress(what + (i == 0 ? ": warming up" : ": round " + i + " of " + settings.rounds()));
            server.empty();
            Sample sample = round.run();
            if (i > 0) {
                samples.add(sample);
            }
        }
        server.empty();
        return samples;
    }

    /** Returns what it took, here and in Redis, to do so many. */
    Sample timed(long count, Action action) throws Exception {
        Usage before = server.usage();
        long began = System.nanoTime();
        action.run();
        long nanos = System.nanoTime() - began;
        return new Sample(count, nanos, server.usage().since(before));
    }

    @Override
    public void close() {
        jobs.close().block();
        server.close();
    }
}
