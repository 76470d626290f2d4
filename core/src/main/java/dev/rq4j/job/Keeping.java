package dev.rq4j.job;

import org.jspecify.annotations.Nullable;

/**
 * How long a job is kept once it has ended.
 *
 * @param result a finished one; null for {@link Retention#RESULT_DEFAULT}
 * @param failure a failed, stopped or canceled one; null for {@link Retention#FAILURE_DEFAULT}
 */
public record Keeping(@Nullable Retention result, @Nullable Retention failure) {

    static final Keeping DEFAULTS = new Keeping(null, null);
}
