package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class BlockingCallTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Scheduler threads = Schedulers.newBoundedElastic(2, 2, "call");

    @AfterEach
    void end() {
        threads.dispose();
    }

    @Test
    void itEndsWhenItsCodeDoes() {
        Invocation call = call(() -> "done");

        StepVerifier.create(call.value().cast(String.class))
                .expectNext("done")
                .expectComplete()
                .verify(DEADLINE);
        StepVerifier.create(call.ended()).expectComplete().verify(DEADLINE);
    }

    @Test
    void errorsThatReactorTakesForFatalAreErrorsOfTheHandler() {
        Invocation call = call(() -> {
            throw new NoClassDefFoundError("missing");
        });

        StepVerifier.create(call.value())
                .expectError(JobException.HandlerBroke.class)
                .verify(DEADLINE);
        StepVerifier.create(call.ended()).expectComplete().verify(DEADLINE);
    }

    @Test
    void cancelledItIsInterruptedAndEndsLaterAndSaysNothingMore() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Invocation call = call(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            gate.await();
            throw new IllegalStateException("nobody is interested");
        });
        AtomicBoolean ended = new AtomicBoolean();
        call.ended().subscribe(done -> {}, error -> {}, () -> ended.set(true));

        StepVerifier.Assertions after = StepVerifier.create(call.value())
                .expectSubscription()
                .then(() -> await(begun))
                .thenCancel()
                .verifyThenAssertThat(DEADLINE);
        interrupted.await();
        assertThat(ended).isFalse();

        gate.countDown();

        StepVerifier.create(call.ended()).expectComplete().verify(DEADLINE);
        after.hasNotDroppedErrors();
    }

    @Test
    void cancelledBeforeItBeganItNeverBegins() {
        Scheduler one = Schedulers.newSingle("busy");
        CountDownLatch busy = new CountDownLatch(1);
        one.schedule(() -> await(busy));
        AtomicBoolean begun = new AtomicBoolean();
        Invocation call = new BlockingCall(() -> begun.getAndSet(true)).invocation(one);

        call.value().subscribe().dispose();

        StepVerifier.create(call.ended()).expectComplete().verify(DEADLINE);
        busy.countDown();
        one.disposeGracefully().block(DEADLINE);
        assertThat(begun).isFalse();
    }

    @Test
    void itEndsWhenThereIsNoThreadForIt() {
        threads.dispose();
        Invocation call = call(() -> "x");

        StepVerifier.create(call.value()).expectError().verify(DEADLINE);
        StepVerifier.create(call.ended()).expectComplete().verify(DEADLINE);
    }

    private Invocation call(Callable<?> code) {
        return new BlockingCall(code).invocation(threads);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
