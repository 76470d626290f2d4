package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Ordinary blocking code as a handler. */
class BlockingHandlersIT extends Scene {

    private static final Task<String, String> CODE = Task.of("tests.code", String.class, String.class);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();
    private final CountDownLatch stubborn = new CountDownLatch(1);

    @Test
    void aValueIsTheResultAndNullIsNone() {
        JobHandle<String> value = enqueueCode("value");
        JobHandle<String> nothing = enqueueCode("nothing");

        assertThat(drain(blocking())).isEqualTo(2);

        assertThat(get(value.result())).isEqualTo("value");
        StepVerifier.create(nothing.result()).verifyComplete();
    }

    @Test
    void anErrorFailsTheJob() {
        JobHandle<String> checked = enqueueCode("fail");
        JobHandle<String> overflow = enqueueCode("overflow");
        JobHandle<String> memory = enqueueCode("memory");

        drain(blocking());

        assertThat(trace(checked)).startsWith("java.io.IOException: broken on purpose");
        assertThat(trace(overflow)).contains("HandlerBroke", "StackOverflowError");
        assertThat(trace(memory)).contains("HandlerBroke", "OutOfMemoryError");
        assertThat(held(QUEUE)).isEmpty();
    }

    @Test
    void asManyRunAtATimeAsTheWorkerMayHold() {
        CyclicBarrier barrier = new CyclicBarrier(20);
        List<JobHandle<?>> handles = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, 60).map(i -> CODE.request("x")))
                .collectList());

        // twenty meet, three times over: with one fewer at a time none would get past the barrier
        drain(worker(jobs).concurrency(20).handleBlocking(CODE, input -> {
            barrier.await(20, TimeUnit.SECONDS);
            return input;
        }));

        assertThat(handles).allSatisfy(job -> assertThat(status(job.id())).isEqualTo("finished"));
    }

    @Test
    void aJobThatTakesTooLongIsInterruptedAndFails() {
        JobHandle<String> slow = enqueueCode("wait", SECOND);
        JobHandle<String> next = enqueueCode("next");
        run(blocking().concurrency(1));

        assertThat(trace(slow)).contains("JobTimedOut", "longer than its timeout of PT1S");
        assertThat(get(next.result())).isEqualTo("next");
        assertThat(interrupted).hasValue(1);
    }

    @Test
    void aSlotIsFreeOnlyWhenTheCodeHasReallyEnded() {
        JobHandle<String> slow = enqueueCode("ignore interrupts", SECOND);
        JobHandle<String> next = enqueueCode("next");
        run(blocking().concurrency(1));

        assertThat(trace(slow)).contains("JobTimedOut");
        Eventually.holds(() -> assertThat(interrupted.get()).isPositive());
        assertThat(status(slow.id())).isEqualTo("failed");
        assertThat(held(QUEUE)).isEmpty();
        assertThat(redis.queue(QUEUE)).containsExactly(next.id().value());

        stubborn.countDown();

        assertThat(get(next.result())).isEqualTo("next");
    }

    @Test
    void theCodeIsInterruptedWhenItsJobIsCanceled() {
        JobHandle<String> job = enqueueCode("wait");
        run(blocking());
        Eventually.holds(() -> assertThat(waiting).hasValue(1));

        assertThat(get(job.cancel())).isTrue();

        Eventually.holds(() -> assertThat(interrupted).hasValue(1));
        assertThat(status(job.id())).isEqualTo("canceled");
    }

    @Test
    void stoppingDoesNotWaitForCodeThatIgnoresInterrupts() {
        JobHandle<String> job = enqueueCode("ignore interrupts");
        RunningWorker worker = run(blocking());
        Eventually.holds(() -> assertThat(held(QUEUE)).hasSize(1));

        worker.stop(Duration.ZERO);

        assertThat(redis.queue(QUEUE)).containsExactly(job.id().value());
        assertThat(redis.job(job.id())).containsEntry("status", "queued").doesNotContainKey("recoveries");
        stubborn.countDown();
    }

    private WorkerBuilder blocking() {
        return worker(jobs).handleBlocking(CODE, this::act);
    }

    private JobHandle<String> enqueueCode(String act) {
        return get(jobs.queue(QUEUE).enqueue(CODE, act));
    }

    private JobHandle<String> enqueueCode(String act, Duration timeout) {
        return get(jobs.queue(QUEUE).enqueue(CODE, act, options -> options.timeout(timeout)));
    }

    private String act(String act, JobContext job) throws Exception {
        JobId id = job.id();
        return switch (act) {
            case "nothing" -> null;
            case "fail" -> throw new IOException("broken on purpose");
            case "overflow" -> overflow(act);
            case "memory" -> throw new OutOfMemoryError("on purpose");
            case "wait" -> waitFor(new CountDownLatch(1), id);
            case "ignore interrupts" -> ignoreInterrupts();
            default -> act;
        };
    }

    private String waitFor(CountDownLatch latch, JobId id) throws InterruptedException {
        try {
            waiting.incrementAndGet();
            latch.await();
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        }
        return id.value();
    }

    private String ignoreInterrupts() {
        while (true) {
            try {
                stubborn.await();
                return "at last";
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
            }
        }
    }

    private static String overflow(String text) {
        return overflow(text + 1) + 1;
    }
}
