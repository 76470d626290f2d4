package dev.rq4j.worker;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A time in which nothing comes to any of the queues. Every queue is waited for a few seconds at a time, so that the more
 * there are, the more often a wait ends; what is to be done then goes by time. Not thread-safe: for one that waits.
 */
final class Lull {

    /** The wait for a single queue takes longer, so that it is asked at the end of each. */
    private static final long PAUSE = Duration.ofSeconds(4).toNanos();

    /** After so long it is better to look, for the case that the connection that waits leads elsewhere than it should. */
    private static final long LONGEST = Duration.ofMinutes(1).toNanos();

    private final LongSupplier clock;
    private final long since;
    private long asked;

    /** Begins now, by a clock that counts nanoseconds. */
    Lull(LongSupplier clock) {
        this.clock = clock;
        this.since = clock.getAsLong();
        this.asked = since;
    }

    /** Returns whether it has been about a minute. */
    boolean isLong() {
        return clock.getAsLong() - since >= LONGEST;
    }

    /** Returns whether to ask now why nothing comes, which is so every few seconds. */
    boolean isToBeAskedAbout() {
        long now = clock.getAsLong();
        boolean due = now - asked >= PAUSE;
        asked = due ? now : asked;
        return due;
    }
}
