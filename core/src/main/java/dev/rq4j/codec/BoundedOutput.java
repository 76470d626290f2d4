package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Collects what is written and refuses the first bytes over the limit, so that nobody allocates for the rest. */
final class BoundedOutput extends ByteArrayOutputStream {

    private final String what;
    private final int limit;
    private JobException.@Nullable TooLarge overflow;

    BoundedOutput(String what, int limit) {
        super(Math.min(limit, 512));
        this.what = what;
        this.limit = limit;
    }

    @Override
    public synchronized void write(int b) {
        admit(1);
        super.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        admit(length);
        super.write(bytes, offset, length);
    }

    /** The serializer wraps what {@code write} throws: returns that again, or else the other error. */
    JobException overflowOr(JobException other) {
        return overflow == null ? other : overflow;
    }

    /** Returns whether a JSON object is the next value after this position. */
    boolean isObjectAfter(int position) {
        int i = position;
        while (i < count && (buf[i] == ',' || buf[i] <= ' ')) {
            i++;
        }
        return i < count && buf[i] == '{';
    }

    private void admit(int length) {
        if (length > limit - count) {
            overflow = new JobException.TooLarge(what, limit, null);
            throw overflow;
        }
    }
}
