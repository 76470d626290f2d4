package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.worker.maintenance.Janitor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The windows in which RQ leaves keys behind, or lets time go by: the rows K1 to K6 of {@link RqWindowsTest}. */
class RqLeakWindowsIT extends WindowScene {

    private static final Duration TWO_YEARS = Duration.ofDays(730);

    @Test
    @DisplayName("K1: streams of results without a time to live")
    void k1_noResultOutlivesItsJob() {
        JobHandle<String> failed = enqueue("fail");
        JobHandle<String> retried =
                enqueue("fail", job -> job.retry(RetryPolicy.times(1).fixed(HOUR)));
        JobHandle<String> forEver = enqueue("x", job -> job.resultTtl(Retention.forever()));
        JobHandle<String> deleted = enqueue("fail");
        assertThat(drain(worker())).isGreaterThanOrEqualTo(3);
        JobHandle<String> emptied = enqueue("fail");
        drain(worker());
        await(emptied.requeue());
        assertThat(redis.history(emptied.id())).isNotEmpty();

        assertThat(get(deleted.delete())).isTrue();
        assertThat(get(jobs.queue(QUEUE).empty())).isEqualTo(1);
        assertThat(get(forEver.delete())).isTrue();

        for (JobHandle<String> gone : List.of(deleted, emptied, forEver)) {
            assertThat(redis.keysOf(gone.id())).isEmpty();
        }
        assertThat(redis.ttl("results:" + failed.id())).isPositive();
        census();
        pass(HOUR.plus(LEASE));
        run(worker()).close();
        drain(worker());
        assertThat(status(retried.id())).isEqualTo("failed");
        assertThat(redis.ttl("results:" + retried.id())).isPositive();
        census();
        goneAfterTwoYears();
    }

    @Test
    @DisplayName("K2: canceled jobs, and failed ones that no registry lists, stay for ever")
    void k2_aCanceledJobGoesAndSoDoesAFailedOne() {
        JobHandle<String> waiting = enqueue("x");
        JobHandle<String> later = enqueue("x", job -> job.delay(HOUR));
        JobHandle<String> child = enqueue("x", job -> job.dependsOn(waiting.id()));
        for (JobHandle<String> job : List.of(child, later, waiting)) {
            assertThat(get(job.cancel())).isTrue();
        }
        JobHandle<String> running = enqueue(HANG);
        JobHandle<String> failed = enqueue("throw");
        RunningWorker worker = run(worker());
        Eventually.holds(() -> assertThat(starts(running.id())).isEqualTo(1));
        assertThat(get(running.cancel())).isTrue();
        Eventually.holds(() -> assertThat(status(failed.id())).isEqualTo("failed"));
        worker.close();

        assertThat(List.of(waiting, later, child, running))
                .allSatisfy(job -> assertThat(redis.ttl("job:" + job.id())).isPositive());
        assertThat(redis.score("failed:" + QUEUE, failed.id().value())).isNotNull();
        census();
        goneAfterTwoYears();
    }

    @Test
    @DisplayName("K3: one who outlives his worker brings its record back, without a time to live")
    void k3_aLateEndBringsNoDeadWorkerBack() {
        JobHandle<String> job = enqueue("x");
        enqueue("lost");
        ClaimedJob claim = claim(jobs, HOUR);
        ClaimedJob lost = claim(jobs, LEASE);
        pass(LEASE);
        assertThat(recover(jobs)).hasSize(1);

        assertThat(finish(claim)).isEqualTo(Settled.DONE);
        assertThat(finish(lost)).isEqualTo(Settled.LOST);

        assertThat(get(job.result())).isEqualTo("by the doomed");
        assertThat(redis.keys())
                .filteredOn(key -> key.startsWith("worker:" + DOOMED))
                .allSatisfy(key -> assertThat(redis.ttl(key)).isPositive());
        assertThat(redis.commands().smembers(redis.key("workers"))).isEmpty();
        census();
    }

    @Test
    @DisplayName("K4: a job expires while it is deferred, or in its queue")
    void k4_aJobThatExpiresLeavesNothing() {
        JobHandle<String> parent = enqueue("x", job -> job.delay(HOUR.multipliedBy(3)));
        JobHandle<String> deferred =
                enqueue("x", job -> job.dependsOn(parent.id()).ttl(Duration.ofMinutes(1)));
        JobHandle<String> queued = enqueue("x", job -> job.ttl(Duration.ofMinutes(1)));
        pass(Duration.ofSeconds(61));

        JobHandle<String> good = enqueue("good");
        run(worker());
        assertThat(get(good.result())).isEqualTo("good");

        Eventually.holds(() -> {
            assertThat(redis.keysOf(deferred.id())).isEmpty();
            assertThat(redis.keysOf(queued.id())).isEmpty();
            assertThat(redis.keys()).noneMatch(key -> key.startsWith("deferred") || key.contains("intermediate"));
        });
        assertThat(redis.commands().smembers(redis.key("job:" + parent.id() + ":dependents")))
                .isEmpty();
        assertThat(redis.queue(QUEUE)).isEmpty();
        assertThat(script.started()).containsExactly(good.id());
        census();
    }

    /** A job that is yet to end stays until somebody serves its queue, which it must; what has ended goes by itself. */
    @Test
    @DisplayName("K5: nobody serves a queue any more")
    void k5_aQueueThatNobodyServesKeepsOnlyWhatIsYetToRun() {
        enqueue("x");
        enqueue("fail");
        drain(worker());
        get(enqueue("x").cancel());
        JobHandle<String> held = enqueue(GATE);
        script.open(held.id());
        claim(jobs, LEASE);

        pass(TWO_YEARS);
        assertThat(redis.keys()).filteredOn(key -> key.startsWith("job:")).containsExactly("job:" + held.id());
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("results:"));
        int before = script.started().size();
        run(worker());

        assertThat(get(held.result())).isEqualTo("through the gate");
        assertThat(script.started()).hasSize(before + 1).endsWith(held.id());
        stopWorkers();
        census();
        assertThat(get(jobs.queue(QUEUE).delete())).isTrue();
        assertThat(redis.commands().smembers(redis.key("queues"))).isEmpty();
    }

    @Test
    @DisplayName("K6: a dead worker is noticed late, and only where somebody schedules and cleans up")
    void k6_whatADeadWorkerHeldRunsWithinTheLeaseAndTwoSeconds() {
        List<JobId> ids = enqueue(20, "x");
        assertThat(claim(jobs, 20, LEASE)).hasSize(20);
        long death = System.nanoTime();

        run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(20));
        Duration took = Duration.ofNanos(System.nanoTime() - death);

        assertThat(took).isBetween(LEASE.minusMillis(100), LEASE.plusSeconds(2));
        awaitAll(ids.stream().map(id -> jobs.job(id, String.class)).toList());
        assertThat(script.started()).containsExactlyInAnyOrderElementsOf(ids);
        census();
    }

    /** What is to go has gone, and the lists with it once somebody has looked. */
    private void goneAfterTwoYears() {
        pass(TWO_YEARS);
        await(new Janitor(jobs.engine(), List.of(QUEUE)).tidy());
        assertThat(redis.keys())
                .noneMatch(key -> key.startsWith("job:") || key.startsWith("results:"))
                .noneMatch(key -> key.startsWith("failed:") || key.startsWith("canceled:"));
        census();
    }
}
