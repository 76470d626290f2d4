package dev.rq4j.examples.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a run is told. Every process reads it from the same system properties.
 *
 * @param seed what decides everything that is drawn
 * @param jobs how many jobs are to be acknowledged
 * @param workers how many workers there are; the first is never harmed
 * @param slots how many jobs a worker runs at a time
 * @param lease the lease of the workers
 * @param kept for how many seconds what has ended is kept
 * @param directory where the ledgers are
 */
record Settings(long seed, int jobs, int workers, int slots, Duration lease, int kept, Path directory) {

    static Settings ofProperties(Path directory) {
        return new Settings(
                Long.getLong("chaos.seed", System.nanoTime() & 0xffff),
                Integer.getInteger("chaos.jobs", 50_000),
                Integer.getInteger("chaos.workers", 3),
                Integer.getInteger("chaos.slots", 32),
                Duration.ofMillis(Integer.getInteger("chaos.lease", 3000)),
                Integer.getInteger("chaos.kept", 20),
                Path.of(System.getProperty("chaos.directory", directory.toString())));
    }

    /** Returns the command that has the same happen again. */
    String command() {
        return "mvn verify -Pchaos -Dchaos.seed=" + seed + " -Dchaos.jobs=" + jobs;
    }

    /** Returns the arguments that tell another JVM the same. */
    List<String> asProperties() {
        return List.of(
                "-Dchaos.seed=" + seed,
                "-Dchaos.jobs=" + jobs,
                "-Dchaos.workers=" + workers,
                "-Dchaos.slots=" + slots,
                "-Dchaos.lease=" + lease.toMillis(),
                "-Dchaos.kept=" + kept,
                "-Dchaos.directory=" + directory);
    }
}
