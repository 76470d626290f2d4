package dev.rq4j.worker;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a worker did since it told the others last. */
final class Statistics {

    private final LongAdder finished = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder worked = new LongAdder();
    private final LongAdder done = new LongAdder();

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
            done.increment();
        } else if (ending instanceof Ending.Failed || ending instanceof Ending.Stopped) {
            failed.increment();
            done.increment();
        }
        worked.add(ran.toNanos());
    }

    /** Returns how many jobs ended, well or not, since the beginning. */
    long done() {
        return done.sum();
    }

    boolean isEmpty() {
        return worked.sum() == 0;
    }

    /** Returns what was counted and begins anew. */
    Counts take() {
        return new Counts(finished.sumThenReset(), failed.sumThenReset(), Duration.ofNanos(worked.sumThenReset()));
    }

    /** Counts again what could not be told. */
    void putBack(Counts counts) {
        finished.add(counts.finished());
        failed.add(counts.failed());
        worked.add(counts.worked().toNanos());
    }
}
