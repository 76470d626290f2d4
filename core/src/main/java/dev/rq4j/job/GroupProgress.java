package dev.rq4j.job;

/**
 * How far the jobs of a group are. A job of the group is counted under one of these.
 *
 * @param waiting how many wait: for a worker, their time, other jobs, or a limit
 * @param running how many a worker runs
 * @param finished how many ended well and are kept
 * @param failed how many failed and are kept
 * @param stopped how many were stopped while they ran and are kept
 * @param canceled how many were canceled and are kept
 * @param gone how many are no longer there: deleted, expired, or no longer kept. The group forgets those after some
 *     minutes, and they are not counted any more
 */
public record GroupProgress(
        long waiting, long running, long finished, long failed, long stopped, long canceled, long gone) {

    /** Of no jobs. */
    public static final GroupProgress NONE = new GroupProgress(0, 0, 0, 0, 0, 0, 0);

    /** Returns how many jobs the group has. */
    public long total() {
        return waiting + running + ended();
    }

    /** Returns how many have ended, in whatever way. */
    public long ended() {
        return finished + failed + stopped + canceled + gone;
    }

    /** Returns whether all have ended. */
    public boolean isComplete() {
        return waiting + running == 0;
    }

    /** Returns what both count together. */
    public GroupProgress plus(GroupProgress other) {
        return new GroupProgress(
                waiting + other.waiting,
                running + other.running,
                finished + other.finished,
                failed + other.failed,
                stopped + other.stopped,
                canceled + other.canceled,
                gone + other.gone);
    }
}
