package dev.rq4j.redis;

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
        String worker, String claimer, String token, int count, Duration lease, List<String> queues) {}
