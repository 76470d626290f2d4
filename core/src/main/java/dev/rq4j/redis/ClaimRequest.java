package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import java.time.Duration;
import java.util.List;

/**
 * A request for work. Sent again with the same token it gets the same answer, for as long as the lease holds.
 *
 * @param worker the name of the worker
 * @param claimer the name of the stream that claims, which has one request under way at a time
 * @param token random, new for each request
 * @param count how many jobs at most
 * @param lease how long they are leased
 * @param queues the queues in the order to take from
 */
public record ClaimRequest(
        String worker, String claimer, String token, int count, Duration lease, List<String> queues) {

    /** Returns what the script is called with, at this attempt, counted from 1. */
    Args args(Keys keys, PayloadCodec codec, int attempt) {
        return Args.of(keys)
                .add(worker)
                .add(claimer)
                .add(token)
                .add(count)
                .add(lease.toMillis())
                .add(codec.maxPayloadBytes())
                .add(Outcome.largestField(codec))
                .add(attempt)
                .addAll(queues);
    }
}
