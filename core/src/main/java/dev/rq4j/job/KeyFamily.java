package dev.rq4j.job;

import org.jspecify.annotations.Nullable;

/**
 * What the keys of one sort take up in Redis.
 *
 * @param name the word that their names begin with after the prefix, {@code job} or {@code results}, say, and
 *     {@code dependents} and {@code dependencies} for these keys of jobs
 * @param keys how many there are
 * @param sampled how many of them were measured
 * @param bytes what all of them take up, as far as those that were measured tell; null if Redis does not let us measure
 */
public record KeyFamily(
        String name, long keys, long sampled, @Nullable Long bytes) {}
