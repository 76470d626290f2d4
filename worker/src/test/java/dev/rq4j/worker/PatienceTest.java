package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class PatienceTest {

    @Test
    void itWaitsForWhatPassesHoweverLong() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        AtomicInteger attempts = new AtomicInteger();
        JobException away = new JobException.ServerUnavailable("away", null);
        Mono<String> request =
                Mono.defer(() -> attempts.incrementAndGet() < 500 ? Mono.error(away) : Mono.just("back"));

        StepVerifier.create(request.retryWhen(
                        Patience.withPausesUpTo(Duration.ofSeconds(2)).scheduler(time)))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(5)))
                .then(() -> assertThat(attempts.get()).isBetween(100, 300))
                .then(() -> time.advanceTimeBy(Duration.ofHours(1)))
                .expectNext("back")
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void whatDoesNotPassIsSignalledAsItIs() {
        JobException denied = new JobException.AccessDenied("no", null);

        StepVerifier.create(Mono.error(denied).retryWhen(Patience.withPausesUpTo(Duration.ofSeconds(2))))
                .verifyErrorSatisfies(error -> assertThat(error).isSameAs(denied));
    }

    @Test
    void aFullClientPasses() {
        assertThat(Patience.helps(new JobException.Overloaded("full", null))).isTrue();
        assertThat(Patience.helps(new JobException.Closed())).isFalse();
        assertThat(Patience.helps(new IllegalStateException())).isFalse();
    }
}
