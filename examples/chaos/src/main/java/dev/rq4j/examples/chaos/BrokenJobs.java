package dev.rq4j.examples.chaos;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Jobs that somebody wrote who should not have: their ids begin with {@code broken}, and nobody waits for them. */
final class BrokenJobs {

    private static final int COUNT = 20;
    private static final String[] FIELDS = {
        "status",
        "data",
        "origin",
        "timeout",
        "result_ttl",
        "failure_ttl",
        "enqueued_at",
        "created_at",
        "meta",
        "dependency_ids",
        "expires_at",
        "execution_id",
        "retries_left",
        "repeats_left",
        "rate_limit_key",
        "group_id"
    };
    private static final String[] VALUES = {
        "", "-1", "nan", "1e999", "9007199254740993", "\u0000", "queued", "{", "[[[[", "\u202e", "x".repeat(100_000)
    };

    private BrokenJobs() {}

    static void push(Server redis, Random random) {
        for (int i = 0; i < COUNT; i++) {
            Map<String, String> hash = new HashMap<>(Map.of("status", "queued", "origin", Work.QUEUES.get(0)));
            for (int field = random.nextInt(1, FIELDS.length); field > 0; field--) {
                hash.put(FIELDS[random.nextInt(FIELDS.length)], VALUES[random.nextInt(VALUES.length)]);
            }
            // What nobody kept short would outlive the run.
            hash.put("failure_ttl", "20");
            redis.push(Work.QUEUES.get(0), "broken-" + random.nextInt(Integer.MAX_VALUE), hash);
        }
    }
}
