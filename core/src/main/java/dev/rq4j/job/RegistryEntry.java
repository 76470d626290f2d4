package dev.rq4j.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as a registry lists it.
 *
 * @param job the id
 * @param time what the registry is ordered by: when a scheduled job is due, when the lease on one that runs ends, since
 *     when one waits for others, and when one that has ended goes; null if that is kept for ever
 */
public record RegistryEntry(JobId job, @Nullable Instant time) {}
