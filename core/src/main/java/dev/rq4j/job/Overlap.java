package dev.rq4j.job;

/** What to do when the time of a cron entry comes while the last job that it enqueued waits or runs. */
public enum Overlap {
    /** Enqueue the next one all the same. */
    ALLOW,
    /** Leave the run out, and count it. Of several that are due, at most the newest is made. */
    SKIP
}
