package dev.rq4j.redis;

import dev.rq4j.job.Execution;
import dev.rq4j.job.Retention;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run that ended well is to leave behind.
 *
 * @param execution the run
 * @param kept how long the job is kept that does not say it itself
 * @param history the history of the job, if this is all of it: the entry that tells of the run
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Finish(Execution execution, Retention kept, byte[] history) {

    /** Of an entry that tells of a run that ended well, as Python RQ writes it. */
    private static final byte[] SUCCESSFUL = Args.bytes("1");

    /** Null or no bytes is no value. */
    static Finish of(Attempt attempt, byte @Nullable [] value, Retention kept) {
        Map<String, byte[]> entry = new LinkedHashMap<>();
        entry.put("type", SUCCESSFUL);
        entry.put("worker_name", Args.bytes(attempt.worker()));
        entry.put("execution_id", Args.bytes(attempt.execution().id()));
        entry.put("execution_started_at", Args.bytes(WireTime.seconds(attempt.started())));
        entry.put("execution_ended_at", Args.bytes(WireTime.seconds(attempt.ended())));
        if (value != null && value.length > 0) {
            entry.put("return_value", Base64.getEncoder().encode(value));
        }
        return new Finish(attempt.execution(), kept, HistoryDump.of(entry, attempt.ended()));
    }

    /** Returns what the script is called with that ends them together. */
    static Args args(Keys keys, List<Finish> all) {
        Args args = Args.of(keys).add(all.size());
        all.forEach(
                finish -> args.add(finish.execution).add(finish.kept.seconds()).add(finish.history));
        return args;
    }

    long size() {
        return history.length;
    }
}
