package dev.rq4j.redis;

import java.util.function.Predicate;

/** Says when a batch is large enough to be sent. */
final class FullBatch implements Predicate<Family> {
    /** As many as the script makes together. */
    private static final int MOST = 1000;

    private long bytes;
    private int count;

    @Override
    public boolean test(Family family) {
        bytes += family.size();
        count++;
        boolean full = bytes >= Batcher.MOST_BYTES || count == MOST;
        bytes = full ? 0 : bytes;
        count = full ? 0 : count;
        return full;
    }
}
