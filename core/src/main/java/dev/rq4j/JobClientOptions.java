package dev.rq4j;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Names;

/**
 * How a client speaks. Immutable.
 *
 * @param prefix what all keys begin with; {@code rq} is where Python RQ looks, a name in braces keeps everything in one
 *     slot of Redis Cluster
 * @param codec how inputs and results become bytes; all parties of a queue use the same
 * @param evictionAllowed whether a Redis will do that drops keys when its memory is full, and so loses jobs without a word
 */
public record JobClientOptions(String prefix, PayloadCodec codec, boolean evictionAllowed) {

    /** The prefix {@code rq}, and JSON as Python RQ's {@code JSONSerializer} writes it. */
    public static final JobClientOptions DEFAULTS = new JobClientOptions("rq", JacksonCodec.create(), false);

    /** Refuses a malformed prefix with {@link JobException.Invalid}. */
    public JobClientOptions {
        Names.prefix(prefix);
    }

    /** Returns these options with another prefix. */
    public JobClientOptions withPrefix(String prefix) {
        return new JobClientOptions(prefix, codec, evictionAllowed);
    }

    /** Returns these options with another codec. */
    public JobClientOptions withCodec(PayloadCodec codec) {
        return new JobClientOptions(prefix, codec, evictionAllowed);
    }

    /**
     * Returns these options for a Redis whose {@code maxmemory-policy} is another than {@code noeviction} though it has a
     * {@code maxmemory}, which is refused otherwise with {@link JobException.ServerEvicting}.
     */
    public JobClientOptions withEvictionAllowed() {
        return new JobClientOptions(prefix, codec, true);
    }
}
