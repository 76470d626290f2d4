package dev.rq4j.examples.benchmark;

import dev.rq4j.JobClient;
import dev.rq4j.examples.benchmark.Work.Order;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** A process that connects, starts a worker, does one job, and says how long that took. */
final class FirstJob {

    private FirstJob() {}

    /**
     * How long it took, in milliseconds.
     *
     * @param sinceStart from the start of the JVM
     * @param sinceMain from the first line of the program
     */
    record Times(double sinceStart, double sinceMain) {

        static Times read(String line) {
            String[] words = line.split(" ", 2);
            return new Times(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
        }
    }

    /** Takes the address of Redis, and prints the times. */
    public static void main(String[] args) throws Exception {
        long began = System.nanoTime();
        JobClient jobs = JobClient.connect(args[0]);
        Running.during(Work.NOTHING.worker(jobs, Floors.MANY), () -> {
            jobs.queue(Work.QUEUE)
                    .enqueueAndAwait(Work.TASK, Order.ofBytes(Work.USUAL))
                    .block(Duration.ofMinutes(1));
            long sinceStart = System.currentTimeMillis()
                    - ManagementFactory.getRuntimeMXBean().getStartTime();
            System.out.println(sinceStart + " " + (System.nanoTime() - began) / 1_000_000);
        });
        jobs.close().block();
    }
}
