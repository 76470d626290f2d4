package dev.rq4j.worker;

import java.util.function.LongSupplier;

/** Whether a worker takes no more jobs, for as long as it is told so, whatever it is at. */
final class Quiet {

    private final LongSupplier clock;
    private volatile boolean on;
    private volatile boolean suspended;
    private volatile long endedAt;
    private volatile Runnable whenOver = () -> {};

    Quiet() {
        this(System::nanoTime);
    }

    /** For tests: goes by a clock that counts nanoseconds. */
    Quiet(LongSupplier clock) {
        this.clock = clock;
        this.endedAt = clock.getAsLong();
    }

    boolean isOn() {
        return on;
    }

    /** Returns whether others are to see it: also while all work was suspended when this worker asked for some. */
    boolean isShown() {
        return on || suspended;
    }

    /** Returns since when it may take jobs again, as {@link System#nanoTime()} has it. */
    long endedAt() {
        return endedAt;
    }

    void begin() {
        on = true;
    }

    void end() {
        if (on) {
            // First, so that nobody finds it over without finding when.
            endedAt = clock.getAsLong();
        }
        on = false;
        whenOver.run();
    }

    void suspended(boolean allWork) {
        if (suspended && !allWork) {
            endedAt = clock.getAsLong();
        }
        suspended = allWork;
    }

    /** Calls this whenever it is over. */
    void whenOver(Runnable action) {
        this.whenOver = action;
    }
}
