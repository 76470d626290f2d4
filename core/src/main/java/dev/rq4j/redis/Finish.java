package dev.rq4j.redis;

import dev.rq4j.job.Retention;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run that ended well is to leave behind. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Finish(Attempt attempt, byte[] field, Retention kept) {

    private static final byte[] NOTHING = {};

    /** Null or no bytes is no value. */
    static Finish of(Attempt attempt, byte @Nullable [] value, Retention kept) {
        return new Finish(attempt, value == null ? NOTHING : Base64.getEncoder().encode(value), kept);
    }

    /** Returns what the script is called with that ends them together. */
    static Args args(Keys keys, List<Finish> all) {
        Args args = Args.of(keys).add(all.size());
        all.forEach(finish -> finish.attempt.addTo(args, finish.kept).add(finish.field));
        return args;
    }

    long size() {
        return field.length;
    }
}
