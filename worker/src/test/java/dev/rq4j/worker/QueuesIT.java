package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rq4j.JobHandle;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** From which queues a worker takes, in which order, and when it has done everything. */
class QueuesIT extends Scene {

    private static final Task<Integer, Integer> COUNTDOWN = Task.of("tests.countdown", Integer.class, Integer.class);

    @Test
    void strictOrderEmptiesTheFirstQueueFirst() {
        fill("low", "high");

        assertThat(order(QueueOrder.STRICT)).isEqualTo("high high high high low low low low");
    }

    @Test
    void roundRobinTakesFromEachInTurn() {
        fill("low", "high");

        assertThat(order(QueueOrder.ROUND_ROBIN)).isEqualTo("high low high low high low high low");
    }

    @Test
    void randomOrderTakesFromAll() {
        for (int round = 0; round < 20; round++) {
            fill("low", "high");
            String order = order(QueueOrder.RANDOM);
            if (!order.equals("high high high high low low low low")) {
                assertThat(order.split(" ")).hasSize(8);
                return;
            }
        }
        throw new AssertionError("twenty times the same order");
    }

    @Test
    void aQueueWhoseKeyIsBrokenKeepsNoOtherFromBeingServed() {
        redis.commands().set(redis.key("queue:broken"), "not a list");
        run(worker().queues("broken", QUEUE));

        assertThat(get(enqueue("ok").result())).isNotNull();
        redis.commands().del(redis.key("queue:broken"));

        assertThat(get(get(jobs.queue("broken").enqueue(ACT, "ok")).result())).isNotNull();
    }

    @Test
    void drainingNothingEndsAtOnce() {
        assertThat(drain(worker())).isZero();
    }

    @Test
    void drainingRunsWhatJobsEnqueue() {
        get(jobs.queue(QUEUE).enqueue(COUNTDOWN, 10));

        long ran = drain(worker().concurrency(1)
                .handle(
                        COUNTDOWN,
                        left -> left == 0
                                ? Mono.just(0)
                                : jobs.queue(QUEUE).enqueue(COUNTDOWN, left - 1).thenReturn(left)));

        assertThat(ran).isEqualTo(11);
        assertThat(redis.queue(QUEUE)).isEmpty();
    }

    @Test
    void drainingRunsWhatJobsEnqueueAndWaitFor() {
        JobHandle<Integer> top = get(jobs.queue(QUEUE).enqueue(COUNTDOWN, 3));

        long ran = drain(worker().handle(
                        COUNTDOWN,
                        left -> left == 0
                                ? Mono.just(100)
                                : jobs.queue(QUEUE).enqueue(COUNTDOWN, left - 1).flatMap(JobHandle::result)));

        assertThat(ran).isEqualTo(4);
        assertThat(get(top.result())).isEqualTo(100);
    }

    @Test
    void drainingWaitsForWhatRuns() {
        JobHandle<String> slow = enqueue("x");
        assertThat(drain(worker(jobs)
                        .handle(ACT, input -> Mono.delay(Duration.ofSeconds(1)).thenReturn("slow"))))
                .isEqualTo(1);
        assertThat(status(slow.id())).isEqualTo("finished");
    }

    @Test
    void drainingCanBeRepeated() {
        Worker worker = worker().build();
        enqueue(3, "x");

        List<Long> rounds = worker.drain().repeat(2).collectList().block(Eventually.DEADLINE);

        assertThat(rounds).containsExactly(3L, 0L, 0L);
    }

    @Test
    void drainingEndsAtOnceWhileWorkIsSuspended() {
        JobHandle<String> job = enqueue("x");
        redis.commands().set(redis.key("suspended"), "1");

        assertThat(drain(worker())).isZero();
        assertThat(status(job.id())).isEqualTo("queued");
    }

    @Test
    void suspendedWorkStartsAgainWhenItIsResumed() {
        redis.commands().set(redis.key("suspended"), "1");
        JobHandle<String> running = enqueue(GATE);
        RunningWorker worker = run(worker());
        Eventually.holds(() ->
                assertThat(redis.commands().smembers(redis.key("workers"))).hasSize(1));
        assertThat(script.started()).isEmpty();

        redis.commands().del(redis.key("suspended"));
        Eventually.holds(() -> assertThat(script.started()).containsExactly(running.id()));

        redis.commands().set(redis.key("suspended"), "1");
        JobHandle<String> waiting = enqueue("x");
        script.open(running.id());
        assertThat(get(running.result())).isEqualTo("through the gate");
        assertThat(status(waiting.id())).isEqualTo("queued");
        worker.stop(Duration.ZERO);
    }

    @Test
    void twoTimesAtOnceIsRefused() {
        Worker worker = run(worker()).worker();

        for (Flux<?> second : List.of(worker.run().flux(), worker.drain().flux(), worker.claims(ACT))) {
            assertThat(catchThrowable(() -> second.blockLast(Eventually.DEADLINE)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("worker " + worker.name() + " is at work already; build another one");
        }
        JobHandle<String> job = enqueue("still there");
        assertThat(get(job.result())).isEqualTo("still there");
    }

    private void fill(String... queues) {
        for (String queue : queues) {
            jobs.queue(queue)
                    .enqueueAll(Flux.range(0, 4).map(i -> ACT.request(queue)))
                    .blockLast(Eventually.DEADLINE);
        }
    }

    private String order(QueueOrder order) {
        List<String> seen = new CopyOnWriteArrayList<>();
        drain(worker(jobs).queues("high", "low").order(order).concurrency(1).handle(ACT, queue -> {
            seen.add(queue);
            return Mono.just(queue);
        }));
        return String.join(" ", seen);
    }
}
