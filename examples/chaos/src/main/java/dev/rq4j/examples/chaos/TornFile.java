package dev.rq4j.examples.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * An append-only file that ends anywhere. Redis 7.0 does nothing of a script whose end is missing, but where the cut is
 * within one of its commands it leaves those before in the file: after the next restart the half of it is done
 * (https://github.com/valkey-io/valkey/pull/4342). Who has lost power has to do what {@code redis-check-aof --fix} does.
 */
final class TornFile {

    /** No script writes as much as this. */
    private static final long TAIL = 8 << 20;

    private TornFile() {}

    /** Returns up to where the file is sound: to where a script begins whose end is missing, or to its own end. */
    static long sound(FileChannel file) throws IOException {
        long from = Math.max(0, file.size() - TAIL);
        ByteBuffer bytes = ByteBuffer.allocate((int) (file.size() - from));
        while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {}
        String tail = new String(bytes.array(), StandardCharsets.ISO_8859_1);
        int begun = tail.lastIndexOf("*1\r\n$5\r\nMULTI\r\n");
        return begun <= tail.lastIndexOf("*1\r\n$4\r\nEXEC\r\n") ? file.size() : from + begun;
    }
}
