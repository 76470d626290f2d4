package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Entry.What;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down what is in use of the heap after a collection, each time that so many more jobs are done. */
final class Heap implements AutoCloseable {

    private static final int EVERY = 10_000;

    private final Ledger ledger;
    private final AtomicInteger looked = new AtomicInteger(-1);
    private final ExecutorService collector = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "heap");
        thread.setDaemon(true);
        return thread;
    });

    Heap(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Says how many jobs are done. */
    void worked(int jobs) {
        int round = jobs / EVERY;
        int before = looked.getAndAccumulate(round, Math::max);
        if (round > before) {
            collector.execute(() -> look(jobs));
        }
    }

    private void look(int jobs) {
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        ledger.write(Entry.now(What.HEAP, Integer.toString(jobs), Long.toString(used)));
    }

    @Override
    public void close() {
        collector.shutdownNow();
    }
}
