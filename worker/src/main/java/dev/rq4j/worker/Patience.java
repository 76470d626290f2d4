package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import java.time.Duration;
import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;

/** How to wait for Redis: for as long as it takes, but only for what passes by itself, such as a failover. */
final class Patience {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private Patience() {}

    /** Tries again and again, with longer and longer pauses up to this one. */
    static RetryBackoffSpec withPausesUpTo(Duration longest) {
        return Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                .maxBackoff(longest)
                .jitter(0.5)
                .filter(Patience::helps)
                .onRetryExhaustedThrow((spec, last) -> last.failure());
    }

    static boolean helps(Throwable error) {
        return error instanceof JobException.ServerUnavailable
                || error instanceof JobException.Overloaded
                || error instanceof JobException.ServerReadOnly;
    }
}
