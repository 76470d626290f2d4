package dev.rq4j.redis;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What is recorded of one attempt at a job. Nothing that is larger than it may be is read.
 *
 * @param id of the entry; of what a hash has nothing
 * @param fields what the entry has
 * @param tooLarge the size of what it has and is not among these; 0 for nothing
 */
record HistoryEntry(String id, Map<String, byte[]> fields, long tooLarge) {

    /** The newest entry. */
    static final String NEWEST = "+";

    private static final LuaScript READ = LuaScript.named("read-results");

    /** Reads entries from here back; where there is none, a field of the hash if one is named. */
    static Mono<List<HistoryEntry>> read(Redis redis, JobId id, String from, int count, Reading reading) {
        return redis.list(
                        READ,
                        Args.of(redis.keys())
                                .add(id.value())
                                .add(from)
                                .add(count)
                                .add(reading.largest())
                                .add(ErrorText.MAX_FIELD)
                                .add(reading.hashField()))
                .map(answers -> answers.stream().map(HistoryEntry::of).toList());
    }

    /**
     * How to read.
     *
     * @param largest the largest field in bytes
     * @param hashField the field of the hash to read when there is no entry; nothing for none
     */
    record Reading(long largest, String hashField) {
        static Reading of(PayloadCodec codec) {
            return new Reading(Outcome.largestField(codec), "");
        }
    }

    private static HistoryEntry of(Object answer) {
        List<?> entry = Answers.list(answer);
        return new HistoryEntry(Answers.text(entry.get(0)), Answers.pairs(entry.get(1)), Answers.number(entry.get(2)));
    }

    /**
     * Returns a field, or null where there is none.
     *
     * @throws JobException.TooLarge when it is too large
     */
    byte @Nullable [] value(String field, PayloadCodec codec) {
        byte[] value = fields.get(field);
        if (value == null && tooLarge > 0) {
            throw new JobException.TooLarge("the result of a job", codec.maxResultBytes(), tooLarge / 4 * 3);
        }
        return value;
    }
}
