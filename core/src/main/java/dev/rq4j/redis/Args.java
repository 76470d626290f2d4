package dev.rq4j.redis;

import dev.rq4j.job.Execution;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Collects the arguments of a script. Not thread-safe; made for one call. */
final class Args {

    private final List<byte[]> values = new ArrayList<>();

    /** The first argument of every script is the prefix. */
    static Args of(Keys keys) {
        return new Args().add(keys.prefix());
    }

    Args add(byte[] value) {
        values.add(value);
        return this;
    }

    Args add(String value) {
        return add(bytes(value));
    }

    Args add(long value) {
        return add(Long.toString(value));
    }

    /** Adds the queue, the job and the id of the execution. */
    Args add(Execution execution) {
        return add(execution.queue()).add(execution.job().value()).add(execution.id());
    }

    /** Adds the number of the attempt, and the token of its request. */
    Args add(Sending sending) {
        return add(sending.number()).add(sending.token());
    }

    Args addAll(Collection<String> texts) {
        texts.forEach(this::add);
        return this;
    }

    byte[][] toArray() {
        return values.toArray(new byte[0][]);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
