package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** The windows in which RQ runs jobs twice, or ends them twice: the rows D1 to D6 of {@link RqWindowsTest}. */
class RqDuplicateWindowsIT extends WindowScene {

    @Test
    @DisplayName("D1: several clean up after a dead worker at once")
    void d1_manyWhoRecoverAtOnceQueueEachJobOnce() {
        List<JobId> ids = enqueue(200, "x");
        assertThat(claim(jobs, 200, LEASE)).hasSize(200);
        pass(LEASE);
        List<JobClient> rivals = rivals();

        List<String> queued = Flux.fromIterable(rivals)
                .flatMap(client -> Flux.merge(
                        client.queue(QUEUE).started().count().thenMany(Flux.<String>empty()),
                        client.engine().leases().recover(QUEUE, 3).flatMapIterable(found -> found.queued())))
                .collectList()
                .block(Eventually.DEADLINE);
        rivals.forEach(RedisExtension::close);

        assertThat(queued)
                .containsExactlyInAnyOrderElementsOf(
                        ids.stream().map(JobId::value).toList());
        census();
        assertThat(drain(worker())).isEqualTo(200);
        assertThat(script.started()).containsExactlyInAnyOrderElementsOf(ids);
        census();
    }

    @Test
    @DisplayName("D2: a worker comes back after its lease ran out")
    void d2_aWorkerThatComesBackTooLateEndsNothing() {
        JobHandle<String> job = enqueue(GATE);
        ClaimedJob zombie = claim(jobs, LEASE);
        pass(LEASE);
        run(worker());
        Eventually.holds(() -> assertThat(starts(job.id())).isEqualTo(1));

        // while another runs it
        assertThat(List.of(finish(zombie), fail(zombie), released(zombie))).containsOnly(Settled.LOST);
        assertThat(get(jobs.engine().leases().extend(List.of(zombie.execution()), LEASE)))
                .containsExactly(false);
        assertThat(status(job.id())).isEqualTo("started");
        script.open(job.id());
        assertThat(get(job.result())).isEqualTo("through the gate");
        // and after that
        assertThat(List.of(finish(zombie), fail(zombie), released(zombie))).containsOnly(Settled.LOST);

        assertThat(get(job.result())).isEqualTo("through the gate");
        assertThat(redis.history(job.id())).hasSize(1);
        assertThat(starts(job.id())).isEqualTo(1);
        census();
    }

    @Test
    @DisplayName("D3: a scheduler that stood still goes on after its successor has done its work")
    void d3_whatManyPromoteAndOneTooLateIsQueuedOnce() {
        List<JobId> ids = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, 100).map(i -> ACT.request("x", job -> job.delay(HOUR))))
                .<JobId>map(JobHandle::id)
                .collectList());
        await(distant().engine().times().promote(QUEUE));
        pass(HOUR.plus(LEASE));
        proxy.holdRequest();
        Disposable stalled =
                distant().engine().times().promote(QUEUE).onErrorComplete().subscribe();
        List<JobClient> rivals = rivals();

        await(Flux.fromIterable(rivals)
                .flatMap(client -> client.engine().times().promote(QUEUE))
                .then());
        rivals.forEach(RedisExtension::close);
        assertThat(redis.queue(QUEUE)).hasSize(100).doesNotHaveDuplicates();
        proxy.deliverHeld();
        assertThat(redis.queue(QUEUE)).hasSize(100).doesNotHaveDuplicates();
        stalled.dispose();

        assertThat(drain(worker())).isEqualTo(100);
        assertThat(script.started()).containsExactlyInAnyOrderElementsOf(ids);
        census();
    }

    @Test
    @DisplayName("D4: a worker dies while it puts a job off to a later try")
    void d4_aJobIsPutOffAndNotHeldAnyMoreInOneStep() {
        JobHandle<String> job =
                enqueue("x", options -> options.retry(RetryPolicy.times(1).fixed(HOUR)));
        ClaimedJob claim = claim(distant(), LEASE);
        await(distant().engine().leases().fail(attempt(claimOfAnother()), "warm", false, List.of()));
        proxy.refuse();
        proxy.swallowAnswers(1);
        Disposable dying = distant()
                .engine()
                .leases()
                .fail(attempt(claim), "broken", true, List.of())
                .onErrorComplete()
                .subscribe();
        Eventually.holds(() -> assertThat(proxy.swallowed()).isEqualTo(1));
        dying.dispose();

        assertThat(held(QUEUE)).isEmpty();
        assertThat(status(job.id())).isEqualTo("scheduled");
        assertThat(redis.job(job.id())).containsEntry("retries_left", "0");
        census();
        pass(HOUR.plus(LEASE));
        assertThat(recover(jobs)).isEmpty();
        run(worker());

        assertThat(get(job.result())).isEqualTo("x");
        assertThat(starts(job.id())).isEqualTo(1);
        census();
    }

    @Test
    @DisplayName("D5: a worker is cut off between the end of the function and the end of the job")
    void d5_aJobWhoseEndWasNotHeardRunsOnceMoreAndFinishes() {
        JobHandle<String> job = enqueue(GATE, options -> options.onSuccess(ACT.request("called back")));
        RunningWorker cutOff = run(worker(distant()).handle(ACT, script).lease(LEASE));
        Eventually.holds(() -> assertThat(starts(job.id())).isEqualTo(1));
        proxy.refuse();
        proxy.cut();
        script.open(job.id());
        run(worker());

        assertThat(get(job.result())).isEqualTo("through the gate");
        assertThat(starts(job.id())).isEqualTo(2);
        Eventually.holds(() -> assertThat(script.started()).hasSize(3));
        proxy.admit();
        cutOff.close();

        assertThat(status(job.id())).isEqualTo("finished");
        assertThat(redis.history(job.id())).hasSize(1);
        assertThat(script.started()).hasSize(3);
        census();
    }

    @Test
    @DisplayName("D6: the same id is enqueued twice")
    void d6_anIdThatIsEnqueuedTwiceRunsOnce() {
        JobHandle<String> job = enqueue("x", options -> options.id("twice"));
        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> enqueue("y", options -> options.id("twice")));
        assertThat(redis.queue(QUEUE)).containsExactly("twice");
        // as RQ has it, which overwrites the job and lists it again
        redis.commands().rpush(redis.key("queue:" + QUEUE), "twice");
        JobHandle<String> canceled = enqueue("x", options -> options.id("canceled"));
        redis.commands().rpush(redis.key("queue:" + QUEUE), "canceled");
        assertThat(get(canceled.cancel())).isTrue();
        assertThat(redis.queue(QUEUE)).doesNotContain("canceled");

        drain(worker());
        drain(worker());

        assertThat(get(job.result())).isEqualTo("x");
        assertThat(script.started()).containsExactly(job.id());
        assertThat(redis.queue(QUEUE)).isEmpty();
        census();
    }

    private Settled released(ClaimedJob claim) {
        return get(jobs.engine().leases().release(List.of(claim.execution()), true))
                .get(0);
    }

    /** Returns the claim of a job that has nothing to do with it, so that the server has met the scripts. */
    private ClaimedJob claimOfAnother() {
        enqueue("warm");
        return claim(jobs, Duration.ofMinutes(1));
    }
}
