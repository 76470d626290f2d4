package dev.rq4j.worker;

/** What a worker does with a job whose task it has no handler for. */
public enum UnknownTask {
    /** Fails it, with an error that names the task and those that are known. */
    FAIL,
    /**
     * Gives it back to the end of its queue for another worker. The slot rests for a second, so that a queue with nothing
     * else in it is not turned over without end.
     */
    LEAVE
}
