package dev.rq4j.worker;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Notices when a worker has had nothing to do for long. One that may take no jobs is not idle: it waits until it may. */
final class Idleness {

    private final Leases leases;
    private final Quiet quiet;
    private final Scheduler timer;

    Idleness(Leases leases, Quiet quiet, Scheduler timer) {
        this.leases = leases;
        this.quiet = quiet;
        this.timer = timer;
    }

    /** Completes when nothing ran and nothing came for so long. */
    Mono<Void> lasts(Duration longest) {
        long[] from = {System.nanoTime()};
        return Mono.defer(() -> {
                    long now = System.nanoTime();
                    boolean busy = leases.size() > 0 || quiet.isShown();
                    from[0] = busy ? now : Math.max(from[0], leases.changedAt());
                    Duration left = longest.minusNanos(now - from[0]);
                    return left.isNegative() || left.isZero()
                            ? Mono.just(true)
                            : Mono.delay(left, timer).then(Mono.<Boolean>empty());
                })
                .repeatWhenEmpty(Integer.MAX_VALUE, again -> again)
                .then();
    }
}
