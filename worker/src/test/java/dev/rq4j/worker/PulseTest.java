package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class PulseTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Pulse pulse = new Pulse(time);
    private final AtomicInteger beats = new AtomicInteger();

    @Test
    void itBeatsUntilItIsCancelled() {
        var beating = pulse.every(SECOND, "beat", Mono.fromRunnable(beats::incrementAndGet))
                .subscribe();

        time.advanceTimeBy(Duration.ofMillis(999));
        assertThat(beats).hasValue(0);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(beats).hasValue(1);
        time.advanceTimeBy(Duration.ofSeconds(9));
        assertThat(beats).hasValue(10);

        beating.dispose();
        time.advanceTimeBy(Duration.ofSeconds(9));
        assertThat(beats).hasValue(10);
    }

    @Test
    void slowBeatsDoNotPileUp() {
        pulse.every(
                        SECOND,
                        "beat",
                        Mono.delay(SECOND.multipliedBy(4), time).then(Mono.fromRunnable(beats::incrementAndGet)))
                .subscribe();

        time.advanceTimeBy(Duration.ofSeconds(20));

        assertThat(beats).hasValue(4);
    }

    @Test
    void anErrorDoesNotEndIt() {
        pulse.every(SECOND, "beat", Mono.defer(() -> {
                    beats.incrementAndGet();
                    throw new JobException.Invalid("on purpose");
                }))
                .subscribe();

        time.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(beats).hasValue(5);
    }
}
