package dev.rq4j.worker;

import org.jspecify.annotations.Nullable;

/**
 * How one run of a job ended, as its worker knows it.
 *
 * @param how in which way
 * @param error what it failed with; null unless it failed with one
 * @param again whether the job waits to run again: to be retried, to be repeated, or as its handler asked
 */
public record RunEnd(How how, @Nullable Throwable error, boolean again) {

    /** The ways in which a run can end. */
    public enum How {
        /** Well. */
        FINISHED,
        /** With an error, its timeout included. */
        FAILED,
        /** The handler asked to be run later. If it asked too often, the job does not run again: it has failed. */
        POSTPONED,
        /** Somebody stopped it. */
        STOPPED,
        /**
         * It was taken from this worker, and what it had to say is dropped: the job was canceled or deleted, the lease is
         * lost, or the worker stops and has given the job back.
         */
        LOST
    }

    /** Names the type of the error, and never what it says. */
    @Override
    public String toString() {
        return "RunEnd[" + how
                + (error == null ? "" : " with " + error.getClass().getName()) + (again ? ", again]" : "]");
    }
}
