package dev.rq4j.examples.chaos;

import java.util.Locale;
import java.util.Optional;

/**
 * A line of a ledger.
 *
 * @param what what was seen
 * @param time when, in milliseconds since 1970; all processes run on one machine
 * @param process the process that saw it, or that it happened to
 * @param subject the id of a job, or the name of a fault
 * @param detail an execution, or a number, or {@code -}
 */
record Entry(What what, long time, long process, String subject, String detail) {

    /** What can be seen. */
    enum What {
        /** A producer was told that the job is made. */
        ACKNOWLEDGED,
        /** A producer does not know whether the job is made. */
        UNKNOWN,
        /** A producer was told that the job is not made. */
        REFUSED,
        /** A producer was told that the job is canceled. */
        CANCELED,
        /** A handler begins. */
        START,
        /** A handler has ended. */
        END,
        /** Something was broken, to which the process belongs; 0 is all of them. */
        FAULT,
        /** What is in use of the heap after a collection, in bytes, and after how many jobs. */
        HEAP,
        /** How many threads there are, and after how many jobs. */
        THREADS,
        /** How many files and sockets are open, and after how many jobs. */
        FILES
    }

    private static final int PARTS = 5;

    static Entry now(What what, String subject, String detail) {
        return new Entry(
                what, System.currentTimeMillis(), ProcessHandle.current().pid(), subject, detail);
    }

    String line() {
        return String.join(" ", what.name(), Long.toString(time), Long.toString(process), subject, detail);
    }

    /** Reads a line; empty when it was torn. */
    static Optional<Entry> of(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        return Optional.of(new Entry(
                What.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                parts[3],
                parts[4]));
    }
}
