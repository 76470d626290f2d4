package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.WorkerProcess.NEVER;
import static dev.rq4j.worker.WorkerProcess.POISON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Workers in JVMs of their own that die, freeze, or are told to end. */
class KilledWorkersIT extends Scene {

    private static final Duration LEASE = Duration.ofSeconds(2);

    @Test
    void whatAKilledWorkerHeldIsFinishedByAnotherOnceEach() {
        List<JobId> ids = enqueue(50, NEVER);
        try (WorkerProcess process = process(Duration.ZERO)) {
            Eventually.holds(() -> assertThat(process.starts()).hasSize(50));
            process.kill();
        }
        long killed = System.nanoTime();
        Map<JobId, Integer> runs = new ConcurrentHashMap<>();

        run(worker(jobs).handle(ACT, (input, job) -> {
            runs.merge(job.id(), job.attempt(), (one, other) -> -1);
            return Mono.just("by another");
        }));
        Eventually.holds(() -> assertThat(runs).hasSize(50));
        awaitAll(ids.stream().map(id -> jobs.job(id, String.class)).toList());

        System.out.printf(
                "50 jobs of a killed worker with a lease of %s were done %d ms after its death%n",
                LEASE, Duration.ofNanos(System.nanoTime() - killed).toMillis());
        assertThat(runs)
                .hasSize(50)
                .allSatisfy((id, attempt) -> assertThat(attempt).isEqualTo(2));
        assertThat(ids).allSatisfy(id -> {
            assertThat(redis.job(id)).containsEntry("status", "finished").containsEntry("recoveries", "1");
            assertThat(redis.history(id)).hasSize(1);
        });
        assertThat(held(QUEUE)).isEmpty();
    }

    @Test
    void aWorkerThatIsToldToEndGivesEverythingBackAndCountsNoAttempt() {
        List<JobId> ids = enqueue(60, NEVER);
        try (WorkerProcess process = process(Duration.ofMillis(500))) {
            Eventually.holds(() -> assertThat(process.starts()).hasSize(50));

            long start = System.nanoTime();
            process.terminate();
            int exit = process.awaitExit();
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            System.out.printf(
                    "a worker with 50 jobs and a grace of 500 ms ended %d ms after SIGTERM%n", took.toMillis());
            assertThat(exit).isEqualTo(143);
            assertThat(took).isLessThan(Duration.ofSeconds(6));
        }
        assertThat(held(QUEUE)).isEmpty();
        assertThat(redis.queue(QUEUE))
                .containsExactlyElementsOf(ids.stream().map(JobId::value).toList());
        assertThat(ids)
                .allSatisfy(id -> assertThat(redis.job(id))
                        .containsEntry("status", "queued")
                        .doesNotContainKey("recoveries"));
        assertThat(redis.commands().smembers(redis.key("workers"))).isEmpty();
    }

    @Test
    void aWorkerThatIsToldToEndLetsRunningJobsEndWithinItsGrace() {
        List<JobId> ids = enqueue(30, "1500");
        try (WorkerProcess process = process(Duration.ofSeconds(30))) {
            Eventually.holds(() -> assertThat(process.starts()).hasSize(30));
            process.terminate();

            assertThat(process.awaitExit()).isEqualTo(143);
        }
        assertThat(ids).allSatisfy(id -> {
            assertThat(status(id)).isEqualTo("finished");
            assertThat(redis.history(id)).hasSize(1);
        });
    }

    @Test
    void aJobThatKillsItsWorkersIsFailedAndTheOthersSurvive() {
        JobHandle<String> poison = enqueue(POISON);
        List<JobId> others = enqueue(20, "1");
        List<String> starts = new ArrayList<>();

        for (int death = 1; death <= 3; death++) {
            try (WorkerProcess process = process(Duration.ZERO)) {
                assertThat(process.awaitExit()).isEqualTo(42);
                starts.addAll(process.starts());
            }
        }
        run(worker().maxRecoveries(2));

        assertThat(trace(poison)).startsWith("Abandoned: the worker that ran this job stopped extending its lease");
        assertThat(starts)
                .filteredOn(line -> line.startsWith(poison.id().value()))
                .containsExactly(poison.id() + " 1", poison.id() + " 2", poison.id() + " 3");
        assertThat(script.started()).doesNotContain(poison.id());
        assertThat(others).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished"));
    }

    @Test
    void aFrozenWorkerSettlesNothingThatAnotherHasDoneMeanwhile() {
        List<JobId> ids = enqueue(10, "1500");
        try (WorkerProcess process = process(Duration.ZERO)) {
            Eventually.holds(() -> assertThat(process.starts()).hasSize(10));
            process.signal("STOP");
            RunningWorker other = run(worker(jobs).handle(ACT, input -> Mono.just("by another")));
            awaitAll(ids.stream().map(id -> jobs.job(id, String.class)).toList());
            other.stop(Duration.ZERO);

            process.signal("CONT");

            // a job that only the thawed worker can do: when it is done, so is whatever it had to say about the others
            JobHandle<String> next = enqueue("2000");
            assertThat(get(next.result())).isEqualTo("by the process");
        }
        assertThat(ids).allSatisfy(id -> {
            assertThat(get(jobs.job(id, String.class).result())).isEqualTo("by another");
            assertThat(redis.history(id)).hasSize(1);
        });
    }

    private WorkerProcess process(Duration grace) {
        return WorkerProcess.start(RedisExtension.uri(), redis.prefix(), LEASE, grace);
    }
}
