package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The stream of leased jobs, for pipelines of the application's own. */
class ClaimsIT extends Scene {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @Test
    void demandOfNClaimsAtMostN() {
        List<JobId> ids = enqueue(20, "x");

        StepVerifier.create(worker(jobs).grace(Duration.ZERO).build().claims(ACT), 0)
                .then(() -> assertThat(held(QUEUE)).isEmpty())
                .thenRequest(3)
                .expectNextCount(3)
                .then(() -> assertHeld(ids.subList(0, 3)))
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertHeld(ids.subList(0, 4)))
                .thenRequest(10)
                .expectNextCount(10)
                .then(() -> assertHeld(ids.subList(0, 14)))
                .thenCancel()
                .verify(DEADLINE);
    }

    @Test
    void neverMoreAreOutThanTheConcurrencyHoweverMuchIsDemanded() {
        List<JobId> ids = enqueue(20, "x");
        List<Claim<String, String>> out = new CopyOnWriteArrayList<>();

        StepVerifier.create(worker(jobs)
                        .grace(Duration.ZERO)
                        .concurrency(5)
                        .build()
                        .claims(ACT)
                        .doOnNext(out::add))
                .expectNextCount(5)
                .then(() -> assertHeld(ids.subList(0, 5)))
                .then(() -> await(out.get(2).finish("done")))
                .expectNextCount(1)
                .then(() -> Eventually.holds(() -> assertThat(held(QUEUE)).hasSize(5)))
                .thenCancel()
                .verify(DEADLINE);
        assertThat(status(ids.get(2))).isEqualTo("finished");
    }

    @Test
    void cancellingHandsBackWhatWasNotDelivered() {
        List<JobId> ids = enqueue(100, "x");
        Worker worker = worker(jobs).grace(Duration.ZERO).concurrency(64).build();

        // 64 are claimed in one step; the stream is cancelled at the tenth
        List<Claim<String, String>> first = worker.claims(ACT)
                .takeUntil(claim -> claim.job().id().equals(ids.get(9)))
                .collectList()
                .block(DEADLINE);
        await(worker.stop(Duration.ZERO));

        assertThat(first).hasSize(10);
        assertThat(redis.queue(QUEUE))
                .containsExactlyElementsOf(ids.stream().map(JobId::value).toList());
        assertThat(held(QUEUE)).isEmpty();
        assertThat(ids)
                .allSatisfy(id -> assertThat(redis.job(id))
                        .containsEntry("status", "queued")
                        .doesNotContainKeys("recoveries", "execution_id"));
    }

    @Test
    void whatWasDeliveredCanBeFinishedAfterTheStreamWasCancelled() {
        List<JobId> ids = enqueue(5, "x");
        Worker worker = worker(jobs).build();

        List<Claim<String, String>> two = get(worker.claims(ACT).take(2).collectList());
        Eventually.holds(() -> assertThat(redis.queue(QUEUE)).hasSize(3));
        assertHeld(ids.subList(0, 2));
        await(two.get(0).finish("late"));
        await(two.get(1).fail(new IllegalStateException("bad luck")));

        assertThat(get(jobs.job(ids.get(0), String.class).result())).isEqualTo("late");
        assertThat(trace(jobs.job(ids.get(1), String.class))).contains("bad luck");
        await(worker.stop(Duration.ZERO));
        assertThat(drain(worker())).isEqualTo(3);
    }

    @Test
    void whatIsNotSettledWithinTheGracePeriodIsGivenBack() {
        enqueue(2, "x");
        Worker worker = worker(jobs).grace(Duration.ofMillis(200)).build();

        List<Claim<String, String>> claims = get(worker.claims(ACT).take(2).collectList());

        Eventually.holds(() -> assertThat(redis.queue(QUEUE)).hasSize(2));
        await(claims.get(0).lost());
        assertThatThrownBy(() -> await(claims.get(0).finish("too late")))
                .isInstanceOf(JobException.LeaseLost.class)
                .hasMessageContaining(claims.get(0).job().id().value());
        assertThat(redis.history(claims.get(0).job().id())).isEmpty();
    }

    @Test
    void aSecondEndOfTheSameClaimIsRefused() {
        JobHandle<String> job = enqueue("x");
        Worker worker = worker(jobs).build();
        Claim<String, String> claim = get(worker.claims(ACT).take(1).single());

        await(claim.finish("once"));

        for (Mono<Void> again :
                List.of(claim.finish("twice"), claim.fail(new IllegalStateException("no")), claim.release())) {
            assertThatThrownBy(() -> await(again)).isInstanceOf(JobException.LeaseLost.class);
        }
        assertThat(get(job.result())).isEqualTo("once");
        assertThat(redis.history(job.id())).hasSize(1);
    }

    @Test
    void aClaimCanBeReleased() {
        List<JobId> ids = enqueue(2, "x");
        Worker worker = worker(jobs).build();
        Claim<String, String> claim = get(worker.claims(ACT).take(1).single());

        await(claim.release());

        assertThat(redis.queue(QUEUE))
                .containsExactly(ids.get(0).value(), ids.get(1).value());
        await(worker.stop(Duration.ZERO));
        drain(worker());
        assertThat(script.contexts())
                .allSatisfy(job -> assertThat(job.attempt()).isEqualTo(1));
    }

    @Test
    void aClaimThatIsDroppedFailsWhenItsTimeIsOver() {
        JobHandle<String> job = enqueue("x", options -> options.timeout(Duration.ofSeconds(1)));
        var stream = worker(jobs).build().claims(ACT).subscribe(); // takes it and forgets it

        assertThat(trace(job)).contains("JobTimedOut");
        assertThat(held(QUEUE)).isEmpty();
        stream.dispose();
    }

    @Test
    void aClaimWhoseTimeIsOverIsLost() {
        enqueue("x", options -> options.timeout(Duration.ofSeconds(1)));
        Worker worker = worker(jobs).build();
        Claim<String, String> claim = get(worker.claims(ACT).take(1).single());

        await(claim.lost());

        assertThatThrownBy(() -> await(claim.finish("too late"))).isInstanceOf(JobException.LeaseLost.class);
        assertThat(trace(jobs.job(claim.job().id(), String.class))).contains("JobTimedOut");
        await(worker.stop(Duration.ZERO));
    }

    @Test
    void aJobForOthersIsGivenBackAtOnceAndItsSlotRests() {
        Task<String, String> other = Task.of("tests.other", String.class, String.class);
        JobId alien = get(jobs.queue(QUEUE).enqueue(other, "x")).id();
        JobHandle<String> good = enqueue("good");
        Worker worker =
                worker(jobs).unknownTask(UnknownTask.LEAVE).concurrency(1).build();
        var next = worker.claims(ACT).next().toFuture();
        Eventually.holds(
                () -> assertThat(redis.queue(QUEUE)).containsExactly(good.id().value(), alien.value()));
        assertThat(held(QUEUE)).isEmpty();

        Claim<String, String> claim = get(Mono.fromFuture(next));

        assertThat(claim.job().id()).isEqualTo(good.id());
        assertThat(redis.job(alien)).containsEntry("status", "queued").doesNotContainKey("recoveries");
        await(claim.finish("done"));
        await(worker.stop(Duration.ZERO));
    }

    @Test
    void eachStreamAsksUnderANameOfItsOwn() {
        enqueue(2, "x");
        Worker worker = worker(jobs).build();

        for (int round = 0; round < 2; round++) {
            await(get(worker.claims(ACT).take(1).single()).finish("done"));
            await(worker.stop(Duration.ZERO));
        }

        assertThat(redis.commands().keys(redis.key("claimer:*")))
                .hasSize(2)
                .doesNotContain(redis.key("claimer:" + worker.name()));
    }

    @Test
    void jobsForOthersAndJobsThatCannotBeReadAreNotHandedOut() {
        Task<String, String> other = Task.of("tests.other", String.class, String.class);
        JobHandle<String> alien = get(jobs.queue(QUEUE).enqueue(other, "x"));
        JobHandle<String> broken = enqueue("x");
        redis.commands().hset(redis.key("job:" + broken.id()), "data", "[\"tests.act\", null, [[]], {}]");
        JobHandle<String> absurd = enqueue("x");
        redis.commands().hset(redis.key("job:" + absurd.id()), "timeout", "soon");
        JobHandle<String> good = enqueue("good", options -> options.noTimeout());

        Claim<String, String> claim = get(worker(jobs).build().claims(ACT).next());

        assertThat(claim.job().id()).isEqualTo(good.id());
        assertThat(claim.input()).isEqualTo("good");
        assertThat(trace(alien))
                .contains("UnknownTask: no handler for task \"tests.other\"; this worker handles: tests.act");
        assertThat(trace(broken)).contains("Unreadable");
        assertThat(trace(absurd)).contains("Unreadable: the field timeout");
        await(claim.finish("done"));
    }

    @Test
    void claimsAreDeliveredOnThreadsOfTheWorkerNeverOfTheDriver() {
        enqueue(100, "x");
        ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();

        worker(jobs)
                .concurrency(8)
                .build()
                .claims(ACT)
                .doOnNext(claim -> threads.add(Thread.currentThread().getName()))
                .flatMap(claim -> claim.finish("done").thenReturn(claim))
                .take(100)
                .blockLast(DEADLINE);

        assertThat(threads).allSatisfy(name -> assertThat(name).startsWith("rq4j-handler"));
    }

    @Test
    void stoppingEndsTheStreamOnceEverythingIsSettled() {
        enqueue(3, "x");
        Worker worker = worker(jobs).grace(Duration.ZERO).build();
        List<Claim<String, String>> out = new CopyOnWriteArrayList<>();

        StepVerifier.create(worker.claims(ACT).doOnNext(out::add))
                .expectNextCount(3)
                .then(() -> worker.stop(Duration.ofSeconds(15)).subscribe())
                .then(() -> out.forEach(claim -> await(claim.finish("done"))))
                .verifyComplete();

        assertThat(out).allSatisfy(claim -> assertThat(status(claim.job().id())).isEqualTo("finished"));
    }

    @Test
    void batchesCanBeFinishedTogether() {
        List<JobId> ids = enqueue(250, "x");

        worker(jobs)
                .concurrency(100)
                .build()
                .claims(ACT)
                .bufferTimeout(50, Duration.ofMillis(50), true)
                .concatMap(batch -> Mono.when(batch.stream()
                                .map(claim -> claim.finish("of " + batch.size()))
                                .toList())
                        .thenReturn(batch.size()))
                .scan(Integer::sum)
                .takeUntil(done -> done == 250)
                .blockLast(DEADLINE);

        assertThat(ids).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished"));
    }

    private void assertHeld(List<JobId> ids) {
        assertThat(held(QUEUE)).containsExactlyInAnyOrderElementsOf(ids);
    }
}
