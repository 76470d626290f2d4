package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Schedule.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Runs it all: the jobs, what happens to them, and the look at the books when it is over. */
final class Chaos {

    private static final long SPEAK_EVERY = 10;
    private static final int TOLD_OF = 3;
    private static final Duration DRAIN = Duration.ofMinutes(2);
    /** The lists of what is over are tidied every half minute. */
    private static final Duration TIDY = Duration.ofSeconds(130);
    /** What stays by design: see "Nothing stays by accident" in the README. */
    private static final Set<String> LASTING = Set.of("rq:queues");

    private final Settings settings;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final long began = System.nanoTime();
    private long spoken;

    /** What is left when all is over: keys, and how soon new jobs ran when Redis had lost even those. */
    record Remains(Set<String> keys, Duration newcomers) {}

    private Chaos(Settings settings) {
        this.settings = settings;
    }

    /**
     * Runs once with what the system properties {@code chaos.seed}, {@code chaos.jobs} and so on say, prints the table, and
     * returns what was wrong, with the jobs to which it happened.
     */
    static Map<String, Set<String>> run() throws Exception {
        Settings settings = Settings.ofProperties(Files.createTempDirectory("rq4j-chaos-"));
        Files.createDirectories(settings.directory());
        return new Chaos(settings).judged();
    }

    private Map<String, Set<String>> judged() throws Exception {
        say("seed " + settings.seed() + ", " + settings.jobs() + " jobs, ledgers in " + settings.directory());
        try (Server redis = new Server(settings.directory());
                Link link = new Link(redis.port())) {
            Remains remains = unleash(redis, link);
            List<Entry> entries = Ledger.read(settings.directory());
            Verdict verdict = new Verdict(settings, entries, Books.of(redis.history()), remains);
            System.out.println(verdict.table(seconds()));
            Map<String, Set<String>> wrongs = verdict.wrongs();
            for (Map.Entry<String, Set<String>> wrong : wrongs.entrySet()) {
                say(wrong.getKey() + ": " + wrong.getValue().stream().limit(10).toList());
                tellOf(wrong.getValue(), entries, redis);
            }
            say(wrongs.isEmpty() ? "every promise was kept" : "the ledgers are in " + settings.directory());
            say("again: " + settings.command());
            return wrongs;
        }
    }

    /** Tells of the first few of these jobs everything that is known. */
    private static void tellOf(Set<String> ids, List<Entry> entries, Server redis) throws IOException {
        for (String id : ids.stream().limit(TOLD_OF).toList()) {
            entries.stream()
                    .filter(entry -> entry.subject().equals(id))
                    .forEach(entry -> System.out.println("        " + entry.line()));
            for (Path file : redis.history()) {
                History.read(file, words -> {
                    if (words.stream().anyMatch(word -> word.contains(id))) {
                        System.out.println("        " + String.join(" ", words));
                    }
                });
            }
        }
    }

    private Remains unleash(Server redis, Link link) throws Exception {
        List<Fault> schedule = Schedule.of(settings.seed(), settings.jobs());
        try (Crew crew = new Crew(settings, link.uri());
                Ledger ledger = new Ledger(settings.directory(), "nemesis");
                Nemesis nemesis = new Nemesis(settings, redis, link, crew, ledger);
                Newcomers newcomers = new Newcomers(link.uri())) {
            Process producer = producer(link, crew);
            try {
                for (Fault fault : schedule) {
                    awaitAcknowledged(fault.at(), producer);
                    redis.shorten();
                    nemesis.strike(fault);
                }
                awaitAcknowledged(settings.jobs(), producer);
            } finally {
                producer.destroyForcibly();
            }
            nemesis.rest();
            say("all is calm, " + acknowledged + " jobs were acknowledged");
            drain(redis);
            awaitTidy(redis);
            Set<String> left = left(redis).keySet();
            redis.lose();
            Remains remains = new Remains(left, newcomers.run());
            crew.stop();
            return remains;
        }
    }

    private Process producer(Link link, Crew crew) throws IOException {
        Process producer = Crew.java(settings, Producer.class, link.uri())
                .redirectError(crew.log("producer"))
                .start();
        Thread reader = new Thread(() -> producer.inputReader().lines().forEach(this::heard), "producer");
        reader.setDaemon(true);
        reader.start();
        return producer;
    }

    private void heard(String line) {
        if (line.startsWith(Producer.PROGRESS)) {
            acknowledged.set(Integer.parseInt(line.substring(Producer.PROGRESS.length())));
        }
    }

    private void awaitAcknowledged(int count, Process producer) {
        while (acknowledged.get() < count && producer.isAlive()) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        if (seconds() - spoken >= SPEAK_EVERY) {
            spoken = seconds();
            say(acknowledged + " jobs acknowledged");
        }
    }

    private void drain(Server redis) {
        long until = System.nanoTime() + DRAIN.toNanos();
        while (redis.unfinished(Work.QUEUES) > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
        say("jobs that did not end: " + redis.unfinished(Work.QUEUES));
    }

    private void awaitTidy(Server redis) {
        long until = System.nanoTime() + TIDY.toNanos();
        NavigableMap<String, Long> left = left(redis);
        while (!left.isEmpty() && System.nanoTime() < until) {
            say(left.size() + " keys are left, such as " + left.firstEntry());
            LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
            left = left(redis);
        }
    }

    /** Returns what is left but what belongs to workers that are alive. */
    private static NavigableMap<String, Long> left(Server redis) {
        NavigableMap<String, Long> keys = new TreeMap<>(redis.keys());
        keys.keySet()
                .removeIf(key -> LASTING.contains(key) || key.startsWith("rq:worker") || key.startsWith("rq:turn:"));
        return keys;
    }

    private long seconds() {
        return Duration.ofNanos(System.nanoTime() - began).toSeconds();
    }

    private void say(String what) {
        System.out.printf("%4d s  %s%n", seconds(), what);
    }
}
