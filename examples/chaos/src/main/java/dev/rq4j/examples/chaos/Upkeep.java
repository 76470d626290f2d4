package dev.rq4j.examples.chaos;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.rq4j.examples.chaos.Entry.What;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down what its process has in use, of the heap after a collection, each time that so many more jobs are done. */
final class Upkeep implements AutoCloseable {

    private static final int EVERY = 10_000;

    private final Ledger ledger;
    private final AtomicInteger looked = new AtomicInteger(-1);
    private final ExecutorService collector = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "heap");
        thread.setDaemon(true);
        return thread;
    });

    Upkeep(Ledger ledger) {
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
        write(What.HEAP, jobs, used);
        write(What.THREADS, jobs, ManagementFactory.getThreadMXBean().getThreadCount());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            write(What.FILES, jobs, system.getOpenFileDescriptorCount());
        }
    }

    private void write(What what, int jobs, long count) {
        ledger.write(Entry.now(what, Integer.toString(jobs), Long.toString(count)));
    }

    @Override
    public void close() {
        collector.shutdownNow();
    }
}
