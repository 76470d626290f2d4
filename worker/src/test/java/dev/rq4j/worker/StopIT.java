package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The ends that a worker can come to while it has work. */
class StopIT extends Scene {

    private static final Duration LONG = Duration.ofSeconds(25);

    @Test
    void cancellingGivesEverythingBackInItsOrder() {
        List<JobId> ids = enqueue(3000, HANG);
        RunningWorker worker = run(worker().concurrency(2500));
        Eventually.holds(() -> assertThat(script.started()).hasSize(2500));

        worker.cancel();

        Eventually.holds(() -> assertThat(script.cancelled()).hasSize(2500));
        assertUntouched(ids);
    }

    @Test
    void cancellingAtAnyMomentLeavesNothingBehind() {
        List<JobId> ids = enqueue(300, HANG);
        for (int round = 0; round < 25; round++) {
            Worker worker = worker().concurrency(20 + round).build();
            Disposable run = worker.run().subscribe();
            if (round % 2 == 0) {
                Eventually.holds(() -> assertThat(redis.queue(QUEUE)).hasSizeLessThan(300));
            }
            run.dispose();
            await(worker.stop(Duration.ZERO));
            assertUntouched(ids);
        }
        assertThat(redis.commands().smembers(redis.key("workers"))).isEmpty();
    }

    @Test
    void cancellingDoesNotInterruptWhatIsBeingSettled() {
        List<JobId> ids = enqueue(500, "x");
        for (int round = 0; round < 10; round++) {
            int before = script.started().size();
            RunningWorker worker = run(worker().concurrency(50));
            Eventually.holds(() -> assertThat(script.started().size()).isGreaterThan(before));
            worker.cancel();
        }
        drain(worker());

        assertThat(ids).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished"));
        assertThat(ids).allSatisfy(id -> assertThat(redis.history(id)).hasSize(1));
        assertThat(held(QUEUE)).isEmpty();
    }

    @Test
    void runningJobsMayEndWithinTheGracePeriod() {
        List<JobId> ids = enqueue(5, GATE);
        RunningWorker worker = run(worker().concurrency(3));
        Eventually.holds(() -> assertThat(script.started()).hasSize(3));

        CompletableFuture<Void> stopped = worker.worker().stop(LONG).toFuture();
        ids.subList(0, 3).forEach(script::open);
        stopped.join();
        worker.awaitEnd();

        assertThat(ids.subList(0, 3)).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished"));
        assertThat(redis.queue(QUEUE)).hasSize(2);
        assertThat(script.started()).hasSize(3);
    }

    @Test
    void theRestIsGivenBackWhenTheGracePeriodIsOver() {
        JobHandle<String> quick = enqueue(GATE);
        JobHandle<String> slow = enqueue(HANG);
        RunningWorker worker = run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(2));
        script.open(quick.id());

        long start = System.nanoTime();
        worker.stop(Duration.ofMillis(500));
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(status(quick.id())).isEqualTo("finished");
        assertUntouched(List.of(slow.id()));
        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(slow.id()));
        assertThat(took).isBetween(Duration.ofMillis(450), Duration.ofSeconds(5));
    }

    @Test
    void whoStopsWaitingForTheStopDoesNotCallItOff() {
        JobHandle<String> job = enqueue(HANG);
        RunningWorker worker = run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        worker.worker().stop(Duration.ofMillis(300)).subscribe().dispose();
        worker.awaitEnd();

        assertUntouched(List.of(job.id()));
    }

    @Test
    void theShorterOfTwoGracePeriodsHolds() {
        enqueue(HANG);
        RunningWorker worker = run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        CompletableFuture<Void> first =
                worker.worker().stop(Duration.ofSeconds(Long.MAX_VALUE)).toFuture();
        worker.stop(Duration.ZERO);
        first.join();
        worker.stop(LONG);
    }

    @Test
    void aNegativeGracePeriodIsRefusedAndTheWorkerGoesOn() {
        JobHandle<String> job = enqueue(GATE);
        RunningWorker worker = run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        assertThatThrownBy(() -> worker.stop(Duration.ofSeconds(-1)))
                .isInstanceOf(JobException.Invalid.class)
                .hasMessage("a grace period must not be negative, but was PT-1S");

        script.open(job.id());
        await(job.result());
        assertThat(status(job.id())).isEqualTo("finished");
        assertThat(get(enqueue("x").result())).isEqualTo("x");
    }

    @Test
    void stoppingWhatDoesNotRunIsDoneAtOnce() {
        Worker worker = worker().build();
        await(worker.stop(LONG));

        JobHandle<String> job = enqueue("x");
        assertThat(get(worker.drain())).isEqualTo(1);
        assertThat(get(job.result())).isEqualTo("x");
    }

    @Test
    void whoWaitedForTheStopCanRunItAgainAtOnce() {
        Worker worker = worker().build();
        for (int round = 0; round < 20; round++) {
            CompletableFuture<Void> end = worker.run().toFuture();
            Mono<Long> again = worker.stop(LONG).then(Mono.defer(worker::drain));
            JobHandle<String> job = enqueue("x");
            await(again);
            end.join();
            assertThat(get(job.result())).isEqualTo("x");
        }
    }

    @Test
    void aWorkerWhoseClientIsClosedEndsAndSaysWhy() {
        var client = RedisExtension.connect(redis.prefix());
        RunningWorker worker = run(worker(client).handle(ACT, script));
        assertThat(get(enqueue("x").result())).isEqualTo("x");

        RedisExtension.close(client);

        assertThatThrownBy(worker::awaitEnd).isInstanceOf(JobException.Closed.class);
    }

    @Test
    void noThreadOfAStoppedWorkerStays() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Task<String, String> blocking = Task.of("tests.blocking", String.class, String.class);
        for (int round = 0; round < 5; round++) {
            enqueue(20, "x");
            jobs.queue(QUEUE)
                    .enqueueAll(Flux.range(0, 20).map(i -> blocking.request("x")))
                    .blockLast(Eventually.DEADLINE);
            drain(worker(jobs)
                    .handle(ACT, input -> Mono.just(input).doOnNext(next -> threads.add(Thread.currentThread())))
                    .handleBlocking(blocking, input -> {
                        threads.add(Thread.currentThread());
                        return input;
                    }));
        }

        assertThat(threads).hasSizeGreaterThan(5);
        Eventually.holds(() -> assertThat(threads).noneMatch(Thread::isAlive));
    }

    /** Everything waits again, in its old order, as if nothing had happened. */
    private void assertUntouched(List<JobId> ids) {
        assertThat(held(QUEUE)).isEmpty();
        assertThat(redis.queue(QUEUE))
                .containsExactlyElementsOf(ids.stream().map(JobId::value).toList());
        assertThat(ids)
                .allSatisfy(id -> assertThat(redis.job(id))
                        .containsEntry("status", "queued")
                        .doesNotContainKeys("recoveries", "execution_id"));
    }
}
