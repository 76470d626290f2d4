package dev.rq4j.worker;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Does things again and again. The next time is counted from the end of the last, so that slow answers never pile up, and
 * an error is logged and does not end it.
 *
 * @param timer the thread that waits
 */
record Pulse(Scheduler timer) {

    private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

    Mono<Void> every(Duration pause, String what, Mono<Void> action) {
        return Mono.delay(pause, timer)
                .then(action.onErrorResume(error -> {
                    LOG.warn("could not {}; trying again in {}: {}", what, pause, error.toString());
                    return Mono.empty();
                }))
                .repeat()
                .then();
    }
}
