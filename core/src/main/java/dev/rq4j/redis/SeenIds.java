package dev.rq4j.redis;

import java.util.Arrays;

/**
 * Remembers which ids were seen, as eight bytes each: of two in a hundred million one is taken for seen that was not. Not
 * thread-safe; first all are added, then any are asked for.
 */
final class SeenIds {

    /** At most this many, 32 MB. */
    private static final int MOST = 1 << 22;

    private long[] prints = new long[1024];
    private int count;
    private boolean sorted;

    void add(byte[] id) {
        if (count == MOST) {
            return;
        }
        if (count == prints.length) {
            prints = Arrays.copyOf(prints, 2 * count);
        }
        prints[count++] = print(id);
        sorted = false;
    }

    /** Returns whether the id was seen; also when there were too many to remember all. */
    boolean contains(byte[] id) {
        if (!sorted) {
            Arrays.sort(prints, 0, count);
            sorted = true;
        }
        return count == MOST || Arrays.binarySearch(prints, 0, count, print(id)) >= 0;
    }

    /** FNV-1a with the last step of MurmurHash: ids that differ little come out far apart. */
    private static long print(byte[] id) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : id) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
