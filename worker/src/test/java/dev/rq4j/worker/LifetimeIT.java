package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Workers that end by themselves, and what they say at both ends of their life. */
class LifetimeIT extends Scene {

    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void aWorkerForSoManyJobsClaimsNoMoreAndEnds() {
        List<JobId> all = enqueue(5, "done");

        run(worker().maxJobs(3)).awaitEnd();

        assertThat(script.started()).hasSize(3).isSubsetOf(all);
        assertThat(redis.queue(QUEUE))
                .as("untouched, and in their order")
                .containsExactlyElementsOf(
                        all.subList(3, 5).stream().map(JobId::value).toList());
        assertThat(held(QUEUE)).isEmpty();
        assertThat(all.subList(0, 3)).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished"));
    }

    @Test
    void itsLastJobsRunToTheirEnd() {
        List<JobId> all = enqueue(2, ScriptedHandler.GATE);
        RunningWorker worker = run(worker().maxJobs(2));
        Eventually.holds(() -> assertThat(script.started()).hasSize(2));

        all.forEach(script::open);
        worker.awaitEnd();

        assertThat(script.cancelled()).isEmpty();
        assertThat(all).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished"));
    }

    @Test
    void aDrainForSoManyJobsLeavesTheRest() {
        enqueue(5, "done");

        assertThat(drain(worker().maxJobs(2))).isEqualTo(2);

        assertThat(redis.queue(QUEUE)).hasSize(3);
    }

    @Test
    void aWorkerThatHasNothingToDoForSoLongEnds() {
        JobHandle<String> job = enqueue("done");

        run(worker().maxIdleTime(SHORT)).awaitEnd();

        assertThat(status(job.id())).isEqualTo("finished");
    }

    @Test
    void aWorkerWithAJobIsNotIdleHoweverLongThatTakes() {
        JobHandle<String> job = enqueue(ScriptedHandler.GATE);
        RunningWorker worker = run(worker().maxIdleTime(SHORT));
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));
        // as long as it would take to end three times
        await(Mono.delay(SHORT.multipliedBy(3)));

        script.open(job.id());
        worker.awaitEnd();

        assertThat(script.cancelled()).isEmpty();
        assertThat(status(job.id())).isEqualTo("finished");
    }

    @Test
    void aWorkerThatMayTakeNoJobsIsNotIdle() {
        RunningWorker worker = run(worker().maxIdleTime(SHORT));
        worker.worker().quiet();
        await(Mono.delay(SHORT.multipliedBy(3)));
        JobHandle<String> job = enqueue("done");

        worker.worker().resume();

        assertThat(get(job.result())).isEqualTo("done");
        worker.awaitEnd();
    }

    @Test
    void aWorkerSaysWhenItStartsAndWhatItHasDone() {
        try (Logs logs = new Logs()) {
            enqueue(2, "done");
            enqueue("fail");

            drain(worker().name("lifetime-1").concurrency(7));

            assertThat(logs.all().stream().filter(line -> line.contains("worker lifetime-1")))
                    .containsExactly(
                            "worker lifetime-1 has started: queues [default], 7 jobs at a time",
                            "worker lifetime-1 has stopped: 3 jobs done");
        }
    }
}
