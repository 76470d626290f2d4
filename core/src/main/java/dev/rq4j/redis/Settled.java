package dev.rq4j.redis;

/** What came of an attempt to end or give back an execution. */
public enum Settled {
    /** The lease was lost before; nothing was written. */
    LOST,
    /** Done. */
    DONE,
    /** The same execution had ended the job before: the answer to the first request was lost. */
    REPEATED,
    /** The job was canceled or deleted while it ran; nothing of it was brought back. */
    TAKEN_BACK,
    /** The attempt is over, and the job waits to run again. */
    AGAIN,
    /** The same execution had ended the attempt before, and the job was to run again. */
    REPEATED_AGAIN;

    /** Returns the meaning of a number that a script answered with. */
    static Settled of(long answer) {
        return values()[(int) answer];
    }

    /** Returns whether what this execution said is written: the job has ended that way, or waits to run again. */
    public boolean isWritten() {
        return isEffective() || isToRunAgain();
    }

    /** Returns whether the attempt is over and not the job. */
    public boolean isToRunAgain() {
        return this == AGAIN || this == REPEATED_AGAIN;
    }

    /** Returns whether the job ended the way that this execution said. */
    public boolean isEffective() {
        return this == DONE || this == REPEATED;
    }
}
