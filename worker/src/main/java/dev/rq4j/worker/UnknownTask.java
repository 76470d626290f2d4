package dev.rq4j.worker;

/** What a worker does with a job whose task it has no handler for. */
public enum UnknownTask {
    /** Fails it, with an error that names the task and those that are known. */
    FAIL,
    /**
     * Gives it back at once, to the end of its queue, for another worker; no attempt is counted. The slot that it had
     * rests for a second then, so that a queue with nothing else in it is not turned over without end. In a strict
     * order of queues such jobs can keep the later ones waiting: name their queue last. A
     * {@linkplain Worker#drain() drain} does not count the job, and ends when only such jobs are left.
     */
    LEAVE
}
