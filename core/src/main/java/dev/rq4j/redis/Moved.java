package dev.rq4j.redis;

/** What came of sending a job on another way. */
public enum Moved {
    /** It is where it was to go. */
    DONE,
    /** Its status does not allow it; nothing was written. */
    WRONG_STATUS,
    /** There is no such job. */
    GONE;

    /** Returns the meaning of a number that a script answered with. */
    static Moved of(long answer) {
        return answer == 1 ? DONE : answer == 0 ? WRONG_STATUS : GONE;
    }
}
