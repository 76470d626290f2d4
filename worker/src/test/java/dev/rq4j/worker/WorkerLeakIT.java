package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.Retention;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whatever happens to jobs and workers, nothing stays in Redis that nobody asked to keep. */
class WorkerLeakIT extends Scene {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void everyKeyThatAFullLifeOfJobsLeavesBehindHasATimeToLive() {
        List<JobHandle<String>> kept = new ArrayList<>();
        live(options -> {});
        live(options -> options.resultTtl(Duration.ZERO).failureTtl(Duration.ZERO));
        live(options -> options.resultTtl(Duration.ofHours(1)).failureTtl(Duration.ofHours(1)));
        for (String act : List.of("value", "empty", "fail")) {
            kept.add(enqueue(
                    act, options -> options.resultTtl(Retention.forever()).failureTtl(Retention.forever())));
        }
        drain(worker());

        List<String> forEver = new ArrayList<>(List.of("queues", "finished:" + QUEUE, "failed:" + QUEUE));
        kept.forEach(job -> forEver.addAll(List.of("job:" + job.id(), "results:" + job.id())));
        assertThat(redis.keys())
                .contains("canceled:" + QUEUE, "tombstones")
                .doesNotContain("queue:" + QUEUE, "wip:" + QUEUE)
                .filteredOn(key -> redis.ttl(key) < 0)
                .containsExactlyInAnyOrderElementsOf(forEver);
    }

    /** Lets jobs end in every way there is, and workers too. */
    private void live(Consumer<JobOptions.Builder> options) {
        endByThemselves(options);
        endFromOutside(options);
        endWithTheirWorker(options);
        outliveTheirWorker(options);
        drain(worker());
        assertThat(held(QUEUE)).isEmpty();
        assertThat(redis.queue(QUEUE)).isEmpty();
    }

    private void endByThemselves(Consumer<JobOptions.Builder> options) {
        for (String act : List.of("value", "empty", "fail", "throw", "null", "overflow")) {
            enqueue(act, options);
        }
        enqueue(HANG, options.andThen(job -> job.timeout(SECOND)));
        redis.commands().rpush(redis.key("queue:" + QUEUE), "no-such-job");
        drain(worker());
    }

    private void endFromOutside(Consumer<JobOptions.Builder> options) {
        RunningWorker worker = run(worker().name("outside"));
        JobHandle<String> canceled = hanging(options);
        JobHandle<String> deleted = hanging(options);
        JobHandle<String> stopped = hanging(options);
        get(enqueue("waits", options.andThen(job -> job.id("waits-" + JobId.random())))
                .result()
                .onErrorReturn("gone"));

        get(canceled.cancel());
        get(deleted.delete());
        redis.commands()
                .publish(
                        redis.key("pubsub:outside"),
                        "{\"command\": \"stop-job\", \"job_id\": \"" + stopped.id() + "\"}");

        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
        worker.stop(Duration.ZERO);
    }

    private void endWithTheirWorker(Consumer<JobOptions.Builder> options) {
        RunningWorker worker = run(worker());
        JobHandle<String> released = enqueue(GATE, options);
        Eventually.holds(() -> assertThat(script.started()).contains(released.id()));
        worker.stop(Duration.ZERO);
        script.open(released.id());
        worker(jobs)
                .build()
                .claims(ACT)
                .take(1)
                .flatMap(claim -> claim.release())
                .blockLast(Eventually.DEADLINE);
    }

    /** Leases that nobody extends, as of a worker that was killed. */
    private void outliveTheirWorker(Consumer<JobOptions.Builder> options) {
        LeaseStore leases = jobs.engine().leases();
        for (int maxRecoveries : List.of(0, 1)) {
            enqueue("recovered", options);
            ClaimRequest request =
                    new ClaimRequest("dead", "dead", JobId.random().value(), 1, Duration.ofMillis(1), List.of(QUEUE));
            assertThat(get(leases.claim(request)).jobs()).hasSize(1);
            Eventually.holds(() -> {
                leases.recover(QUEUE, maxRecoveries).blockLast(Eventually.DEADLINE);
                assertThat(held(QUEUE)).isEmpty();
            });
        }
    }

    private JobHandle<String> hanging(Consumer<JobOptions.Builder> options) {
        JobHandle<String> job = enqueue(HANG, options);
        Eventually.holds(() -> assertThat(script.started()).contains(job.id()));
        return job;
    }
}
