package dev.rq4j.worker;

import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Notices when a worker has had nothing to do for long. One that may take no jobs is not idle: it waits until it may. */
final class Idleness {

    private final Leases leases;
    private final Quiet quiet;
    private final Scheduler timer;
    private final LongSupplier clock;

    Idleness(Leases leases, Quiet quiet, Scheduler timer) {
        this(leases, quiet, timer, System::nanoTime);
    }

    /** For tests: goes by a clock that counts nanoseconds. */
    Idleness(Leases leases, Quiet quiet, Scheduler timer, LongSupplier clock) {
        this.leases = leases;
        this.quiet = quiet;
        this.timer = timer;
        this.clock = clock;
    }

    /** Completes when nothing ran and nothing came for so long. */
    Mono<Void> lasts(Duration longest) {
        long[] from = {clock.getAsLong()};
        return Mono.defer(() -> {
                    long now = clock.getAsLong();
                    boolean busy = leases.size() > 0 || quiet.isShown();
                    // What has been quiet since the last look may be over again by now.
                    from[0] = busy ? now : Math.max(from[0], Math.max(leases.changedAt(), quiet.endedAt()));
                    Duration left = longest.minusNanos(now - from[0]);
                    return left.isNegative() || left.isZero()
                            ? Mono.just(true)
                            : Mono.delay(left, timer).then(Mono.<Boolean>empty());
                })
                .repeatWhenEmpty(Integer.MAX_VALUE, again -> again)
                .then();
    }
}
