package dev.rq4j.model;

/** Where the model has a job. */
enum State {
    /** Waits to be claimed, in its queue or for the room or the turn that its key gives. */
    READY,
    /** Waits for its time. */
    DELAYED,
    /** Waits for others. */
    BLOCKED,
    RUNNING,
    FINISHED,
    FAILED,
    STOPPED,
    CANCELED,
    /** There is nothing of it. */
    GONE;

    boolean waits() {
        return this == READY || this == DELAYED || this == BLOCKED;
    }

    boolean hasEnded() {
        return this == FINISHED || this == FAILED || this == STOPPED || this == CANCELED;
    }

    /** Returns whether somebody may let it run once more. */
    boolean endedBadly() {
        return hasEnded() && this != FINISHED;
    }
}
