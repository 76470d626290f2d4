package dev.rq4j.job;

import java.time.Instant;

/**
 * A line of a job's log.
 *
 * @param time when it was written, by the clock of Redis
 * @param text the line
 */
public record LogLine(Instant time, String text) {}
