package dev.rq4j.redis;

import dev.rq4j.job.Execution;
import java.time.Instant;

/**
 * An execution that has ended and is to be settled.
 *
 * @param execution the execution
 * @param worker the name of the worker
 * @param started when it began
 * @param ended when it ended
 */
public record Attempt(Execution execution, String worker, Instant started, Instant ended) {}
