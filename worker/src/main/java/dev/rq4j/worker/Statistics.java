package dev.rq4j.worker;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a worker did since it began. */
final class Statistics {

    private final LongAdder finished = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder worked = new LongAdder();

    /**
     * What was counted.
     *
     * @param finished jobs that ended well
     * @param failed jobs that did not
     * @param worked for how long all of them ran
     */
    record Counts(long finished, long failed, Duration worked) {}

    void count(Ending ending, Duration ran) {
        if (ending instanceof Ending.Succeeded) {
            finished.increment();
        } else if (ending instanceof Ending.Failed || ending instanceof Ending.Stopped) {
            failed.increment();
        }
        worked.add(ran.toNanos());
    }

    /** Returns how many jobs ended, well or not, since the beginning. */
    long done() {
        return finished.sum() + failed.sum();
    }

    /** Returns what was counted until now. */
    Counts counts() {
        return new Counts(finished.sum(), failed.sum(), Duration.ofNanos(worked.sum()));
    }
}
