package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a lease is good for: it is extended while the job runs, and without it nothing is written. */
class LeasesIT extends Scene {

    private static final Duration LEASE = Duration.ofSeconds(1);
    /** Python's clean-up comes this much later than our own recovery. */
    private static final double GRACE = 60;

    @Test
    void aJobMayRunLongerThanItsLease() {
        JobHandle<String> job = enqueue(GATE);
        run(worker().lease(LEASE));
        run(worker().lease(LEASE));
        double first = deadline(job.id());

        Eventually.holds(() -> assertThat(deadline(job.id())).isGreaterThan(first + 2 * LEASE.toSeconds()));
        script.open(job.id());

        assertThat(get(job.result())).isEqualTo("through the gate");
        assertThat(script.started()).hasSize(1);
        assertThat(redis.job(job.id())).doesNotContainKey("recoveries");
    }

    @Test
    void oneRenewalExtendsEverythingThatIsHeld() {
        List<JobId> ids = enqueue(1500, GATE);
        run(worker().lease(Duration.ofSeconds(3)).concurrency(2000));
        Eventually.holds(() -> assertThat(held(QUEUE)).hasSize(1500));
        double start = redis.now();

        Eventually.holds(() -> assertThat(redis.commands()
                        .zrangeWithScores(redis.key("wip:" + QUEUE), 0, 0)
                        .get(0)
                        .getScore())
                .isGreaterThan(start + GRACE + 3));

        assertThat(held(QUEUE)).hasSize(1500);
        ids.forEach(script::open);
        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
    }

    @Test
    void whoLosesItsLeaseIsCancelledAndSettlesNothing() {
        JobHandle<String> job = hanging();

        redis.commands().del(redis.key("wip:" + QUEUE));

        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(job.id()));
        assertThat(redis.history(job.id())).isEmpty();
        assertThat(status(job.id())).isEqualTo("started");
        assertThat(get(enqueue("next").result())).isEqualTo("next");
    }

    @Test
    void whatAnotherWorkerHasRecoveredIsLeftToIt() {
        JobHandle<String> job = enqueue(GATE);
        ScriptedHandler other = new ScriptedHandler();
        // its next renewal is ten seconds away: as good as frozen
        run(worker().lease(Duration.ofSeconds(30)));
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));
        String member = redis.commands().zrange(redis.key("wip:" + QUEUE), 0, 0).get(0);
        redis.commands().zadd(redis.key("wip:" + QUEUE), redis.now() - 1, member);
        jobs.engine().leases().recover(QUEUE, 3).blockLast(Eventually.DEADLINE);
        Worker second =
                worker(jobs).handle(ScriptedHandler.ACT, other).concurrency(1).build();
        var running = second.run().subscribe();
        Eventually.holds(() ->
                assertThat(script.started().size() + other.started().size()).isEqualTo(2));
        assertThat(redis.history(job.id())).isEmpty();

        script.open(job.id());
        other.open(job.id());

        assertThat(get(job.result())).isEqualTo("through the gate");
        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
        assertThat(redis.history(job.id())).hasSize(1);
        assertThat(redis.job(job.id())).containsEntry("recoveries", "1").containsEntry("status", "finished");
        running.dispose();
        await(second.stop(Duration.ZERO));
    }

    @Test
    void aJobThatIsCanceledWhileItRunsIsCancelledAndStaysCanceled() {
        JobHandle<String> job = hanging();

        assertThat(get(job.cancel())).isTrue();

        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(job.id()));
        assertThat(get(enqueue("next").result())).isEqualTo("next");
        assertThat(status(job.id())).isEqualTo("canceled");
        assertThat(redis.history(job.id())).isEmpty();
        assertThat(held(QUEUE)).isEmpty();
        assertThat(Assertions.catchThrowable(() -> await(job.result()))).isInstanceOf(JobException.JobCanceled.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoTakesAJobAwayByRequestCausesNoWarning(boolean delete) {
        try (Logs logs = new Logs()) {
            JobHandle<String> job = enqueue(HANG);
            String channel = redis.key("pubsub:" + run(worker()).worker().name());
            Eventually.holds(() -> {
                assertThat(script.started()).containsExactly(job.id());
                assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 1L);
            });

            assertThat(get(delete ? job.delete() : job.cancel())).isTrue();

            Eventually.holds(() -> assertThat(logs.about(job.id()))
                    .anySatisfy(event -> assertThat(event.getFormattedMessage())
                            .contains("was taken away by request: its outcome is dropped")));
            assertThat(get(enqueue("next").result())).isEqualTo("next");
            assertThat(logs.about(job.id()))
                    .allSatisfy(event -> assertThat(event.getLevel()).isEqualTo(Level.INFO));
        }
    }

    @Test
    void aLostLeaseIsAWarning() {
        try (Logs logs = new Logs()) {
            JobHandle<String> job = hanging();

            redis.commands().del(redis.key("wip:" + QUEUE));

            Eventually.holds(() -> assertThat(logs.about(job.id()))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getLevel()).isEqualTo(Level.WARN)));
        }
    }

    @Test
    void aJobThatIsDeletedWhileItRunsIsNotBroughtBack() {
        JobHandle<String> job = enqueue(GATE);
        run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        assertThat(get(job.delete())).isTrue();
        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(job.id()));
        script.open(job.id());

        assertThat(get(enqueue("next").result())).isEqualTo("next");
        assertThat(redis.keysOf(job.id())).isEmpty();
        assertThat(held(QUEUE)).isEmpty();
    }

    @Test
    void aJobThatVanishesWhileItRunsIsNotBroughtBack() {
        JobHandle<String> job = enqueue(GATE);
        run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        redis.commands().del(redis.key("job:" + job.id()));
        script.open(job.id());

        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    private JobHandle<String> hanging() {
        JobHandle<String> job = enqueue(HANG);
        run(worker().lease(LEASE));
        Eventually.holds(() -> assertThat(script.started()).containsExactly(job.id()));
        return job;
    }

    private double deadline(JobId job) {
        Eventually.holds(() -> assertThat(held(QUEUE)).contains(job));
        return redis.commands()
                .zrangeWithScores(redis.key("wip:" + QUEUE), 0, 0)
                .get(0)
                .getScore();
    }
}
