package dev.rq4j.redis;

import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The share of the time in which something long may keep Redis busy: after each step it rests, the longer the longer the
 * step took. So it gives way by itself where there is much else to do.
 */
public final class DutyCycle {

    /** Without a rest. */
    static final DutyCycle FULL = new DutyCycle(1, System::nanoTime, Schedulers.immediate());

    private final double rest;
    private final LongSupplier clock;
    private final Scheduler timer;

    /** By a clock that counts nanoseconds. */
    DutyCycle(double share, LongSupplier clock, Scheduler timer) {
        this.rest = 1 / share - 1;
        this.clock = clock;
        this.timer = timer;
    }

    /** Returns one of this share, more than 0 and at most 1, which rests on the timer of Reactor. */
    public static DutyCycle of(double share) {
        return new DutyCycle(share, System::nanoTime, Schedulers.parallel());
    }

    /** Emits what the step emits, when the rest after it is over. */
    <T> Mono<T> step(Mono<T> step) {
        if (rest == 0) {
            return step;
        }
        return Mono.defer(() -> {
            long began = clock.getAsLong();
            return step.delayUntil(done ->
                    Mono.delay(Duration.ofNanos((long) (rest * (clock.getAsLong() - began))), timer));
        });
    }
}
