package dev.rq4j.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what will be true soon. */
public final class Eventually {

    /** Generous: machines that run tests are slow and shared. */
    public static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private Eventually() {}

    /** Returns when the assertion holds; after the deadline it fails as the assertion does. */
    public static void holds(Assertion assertion) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            try {
                assertion.check();
                return;
            } catch (AssertionError notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Something that may fail at first. */
    @FunctionalInterface
    public interface Assertion {
        /** Throws an {@link AssertionError} as long as it does not hold. */
        void check();
    }
}
