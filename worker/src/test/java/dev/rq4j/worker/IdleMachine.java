package dev.rq4j.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether a machine has time for us: on a plain timer of the JDK for each processor, a moment's work is to be done
 * now and then, and on an idle machine it is done when it should be.
 */
final class IdleMachine implements AutoCloseable {

    /** More than this and the machine is busy, whatever it is that we measure. */
    private static final Duration BUSY = Duration.ofMillis(10);

    private static final Duration PERIOD = Duration.ofMillis(20);
    private static final Duration WORK = Duration.ofMillis(1);

    private final List<ScheduledExecutorService> timers = new ArrayList<>();
    private final Collection<Long> delays = new ConcurrentLinkedQueue<>();

    /** Begins to look. */
    IdleMachine() {
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
            long begin = System.nanoTime();
            long[] runs = {0};
            timer.scheduleAtFixedRate(
                    () -> {
                        long due = begin + ++runs[0] * PERIOD.toNanos();
                        long end = System.nanoTime() + WORK.toNanos();
                        while (System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                        delays.add(System.nanoTime() - due - WORK.toNanos());
                    },
                    PERIOD.toNanos(),
                    PERIOD.toNanos(),
                    TimeUnit.NANOSECONDS);
            timers.add(timer);
        }
    }

    /** Returns how late the timers were at the 99th percentile so far. */
    Duration lateness() {
        List<Long> sorted = delays.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ofDays(1) : Duration.ofNanos(sorted.get(sorted.size() * 99 / 100));
    }

    /** Returns whether the machine had time for us so far. */
    boolean wasIdle() {
        return lateness().compareTo(BUSY) < 0;
    }

    @Override
    public void close() {
        timers.forEach(ScheduledExecutorService::shutdownNow);
    }
}
