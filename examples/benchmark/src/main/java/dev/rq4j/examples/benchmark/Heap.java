package dev.rq4j.examples.benchmark;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Watches how much of the heap is in use, garbage that waits for its collection too. */
final class Heap implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final Thread looker = new Thread(this::look, "heap");
    private volatile long most;

    Heap() {
        System.gc();
        looker.setDaemon(true);
        looker.start();
    }

    private void look() {
        while (!Thread.currentThread().isInterrupted()) {
            most = Math.max(
                    most,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    double mostMegabytes() {
        return most / 1048576.0;
    }

    @Override
    public void close() {
        looker.interrupt();
    }
}
