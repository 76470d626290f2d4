package dev.rq4j.redis;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/**
 * The history of a job that has one entry, a stream, as {@code RESTORE} takes it. Redis makes the same of {@code XADD}, but
 * takes 4 KB at once for more entries, which most jobs never have, and has to be told of its time to live. The entry's id
 * says when the run ended by the clock of the worker, as the entry itself does; Redis gives the next a later one.
 */
final class HistoryDump {

    /** A stream as Redis 7.0 and all later versions read it. */
    private static final byte STREAM = 19;

    private static final byte LENGTH_IN_32_BITS = (byte) 0x80;
    private static final byte LENGTH_IN_64_BITS = (byte) 0x81;
    private static final byte STREAM_ID = 2 * Long.BYTES;
    /** Of an entry: that it has the fields that the listpack begins with. */
    private static final int SAME_FIELDS = 2;
    /** Beside the values, of an entry. */
    private static final int NUMBERS = 3;

    /** The year 9999: Python dies of later times, and so it does of negative ones. */
    private static final long LATEST = 253_402_300_799_999L;

    private static final int BEFORE = 3 + STREAM_ID + 1 + Integer.BYTES;
    private static final int BEHIND = 25;
    /** In the listpack, beside names and values. */
    private static final int MORE = 8;

    private HistoryDump() {}

    /** Returns the dump of the entry that has these fields, in this order, of a run that ended then. */
    static byte[] of(Map<String, byte[]> entry, Instant ended) {
        // Exactly: a large value is not to be copied once more.
        long size = (long) BEFORE + Listpack.sizeOfNumbers(MORE) + BEHIND;
        for (Map.Entry<String, byte[]> field : entry.entrySet()) {
            size += Listpack.sizeOfText(field.getKey().length()) + Listpack.sizeOfText(field.getValue().length);
        }
        Dump dump = new Dump(Math.toIntExact(size));
        write(dump.buffer(), entry, Math.max(1, Math.min(ended.toEpochMilli(), LATEST)));
        return dump.sealed();
    }

    private static void write(ByteBuffer dump, Map<String, byte[]> entry, long millis) {
        dump.put(STREAM).put((byte) 1).put(STREAM_ID).putLong(millis).putLong(0);
        int sizeAt = dump.put(LENGTH_IN_32_BITS).position();
        dump.putInt(0);
        dump.putInt(sizeAt, listpack(dump, entry));
        dump.put((byte) 1);
        putId(dump, millis);
        putId(dump, millis);
        // None was deleted; one was added; there are no groups.
        dump.put(new byte[] {0, 0, 1, 0});
    }

    private static int listpack(ByteBuffer dump, Map<String, byte[]> entry) {
        int count = entry.size();
        Listpack listpack = new Listpack(dump).add(1).add(0).add(count);
        entry.keySet().forEach(name -> listpack.add(Args.bytes(name)));
        listpack.add(0).add(SAME_FIELDS).add(0).add(0);
        entry.values().forEach(listpack::add);
        return listpack.add(NUMBERS + count).end();
    }

    private static void putId(ByteBuffer dump, long millis) {
        dump.put(LENGTH_IN_64_BITS).putLong(millis).put((byte) 0);
    }
}
