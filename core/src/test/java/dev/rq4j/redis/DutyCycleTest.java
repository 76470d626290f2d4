package dev.rq4j.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class DutyCycleTest {

    private final AtomicLong clock = new AtomicLong();
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final DutyCycle tenth = new DutyCycle(0.1, clock::get, timer);

    @Test
    void restsNineTimesAsLongAsAStepTook() {
        StepVerifier.create(tenth.step(steps(2)).concatWith(tenth.step(steps(4))))
                .then(() -> timer.advanceTimeBy(Duration.ofMillis(18).minusNanos(1)))
                .expectNoEvent(Duration.ofMillis(1))
                .then(() -> timer.advanceTimeBy(Duration.ofNanos(1)))
                .expectNext(2)
                .then(() -> timer.advanceTimeBy(Duration.ofMillis(36).minusNanos(1)))
                .expectNoEvent(Duration.ofMillis(1))
                .then(() -> timer.advanceTimeBy(Duration.ofNanos(1)))
                .expectNext(4)
                .verifyComplete();
    }

    @Test
    void aStepThatFailsIsToldOfAtOnce() {
        StepVerifier.create(tenth.step(Mono.error(new IllegalStateException("away"))))
                .expectErrorMessage("away")
                .verify();
    }

    @Test
    void theWholeTimeIsWithoutARest() {
        StepVerifier.create(DutyCycle.FULL.step(steps(3))).expectNext(3).verifyComplete();
    }

    /** A step that takes so many milliseconds. */
    private Mono<Integer> steps(int millis) {
        return Mono.fromSupplier(() -> {
            clock.addAndGet(Duration.ofMillis(millis).toNanos());
            return millis;
        });
    }
}
