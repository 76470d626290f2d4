package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RunningExecution;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What runs, what waits before what, and how to stop what runs. */
@ExtendWith(RedisExtension.class)
class ExecutionsIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private JobQueue queue;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.queue = jobs.queue("q");
    }

    @Test
    void whatRunsIsShownWithItsWorkerAndItsLease() {
        worker.enqueue("q");
        worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        RunningExecution running = queue.executions().single().block(Eventually.DEADLINE);

        Instant now = Instant.ofEpochSecond((long) redis.now());
        assertThat(running.execution()).isEqualTo(claim.execution());
        assertThat(running.worker()).isEqualTo("pretend");
        assertThat(running.started()).isCloseTo(now, within(5, ChronoUnit.SECONDS));
        assertThat(running.leaseEnd()).isCloseTo(now.plusSeconds(30), within(5, ChronoUnit.SECONDS));
    }

    @Test
    void whatNoLongerRunsIsNotShown() {
        JobHandle<String> finished = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        assertThat(running()).hasSize(1);
        worker.finish(claim, "done");
        assertThat(running()).isEmpty();

        redis.commands().zadd(redis.key("wip:q"), 4e9, claim.execution().member());
        redis.commands().zadd(redis.key("wip:q"), 4e9, "gone:some-execution");
        assertThat(running()).isEmpty();
        assertThat(get(finished.status()).isTerminal()).isTrue();
    }

    @Test
    void whatPythonRunsIsShownLeniently() {
        redis.commands().zadd(redis.key("wip:q"), 4_000_000_000.0, "old");
        redis.commands().zadd(redis.key("wip:q"), 4_000_000_001.0, "new:0a1b");
        redis.commands().zadd(redis.key("wip:q"), 4_000_000_002.0, "not an id");
        redis.commands().zadd(redis.key("wip:q"), -5, "before-time");
        redis.commands().hset(redis.key("job:new"), Map.of("worker_name", "w1", "started_at", "yesterday"));
        redis.commands().set(redis.key("job:old"), "no hash");

        assertThat(running())
                .containsExactlyInAnyOrder(
                        new RunningExecution(
                                new Execution(JobId.of("old"), "", "q"),
                                null,
                                null,
                                Instant.ofEpochSecond(4_000_000_000L)),
                        new RunningExecution(
                                new Execution(JobId.of("new"), "0a1b", "q"),
                                "w1",
                                null,
                                Instant.ofEpochSecond(4_000_000_001L)));
    }

    @Test
    void manyAreShownPageByPageAndEachOnce() {
        queue.enqueueAll(Flux.range(0, 1700).map(i -> PretendWorker.ECHO.request("job " + i)))
                .blockLast(Eventually.DEADLINE);
        List<Execution> claimed = IntStream.range(0, 17)
                .mapToObj(i -> worker.claim(100, "q"))
                .flatMap(List::stream)
                .map(ClaimedJob::execution)
                .toList();

        assertThat(running())
                .extracting(RunningExecution::execution)
                .hasSize(1700)
                .containsExactlyInAnyOrderElementsOf(claimed);
        assertThat(queue.executions().take(3).collectList().block(Eventually.DEADLINE))
                .hasSize(3);
    }

    @Test
    void aJobKnowsHowManyWaitBeforeIt() {
        List<JobHandle<String>> waiting =
                IntStream.range(0, 3).mapToObj(i -> worker.enqueue("q")).toList();

        assertThat(waiting).extracting(job -> get(job.position())).containsExactly(0L, 1L, 2L);
        worker.claimOne("q");

        StepVerifier.create(waiting.get(0).position()).verifyComplete();
        assertThat(get(waiting.get(2).position())).isEqualTo(1);
        StepVerifier.create(nobody().position()).verifyComplete();
    }

    @Test
    void whoRunsAJobIsAskedToStopIt() {
        JobHandle<String> job = worker.enqueue("q");
        worker.claimOne("q");

        StepVerifier.create(jobs.engine().workers().commands("pretend").map(String::new))
                .then(() -> Eventually.holds(
                        () -> assertThat(get(job.stop())).as("somebody listens").isTrue()))
                .expectNext("{\"command\":\"stop-job\",\"job_id\":\"" + job.id() + "\"}")
                .thenCancel()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void whatDoesNotRunCannotBeStopped() {
        JobHandle<String> job = worker.enqueue("q");
        assertThat(get(job.stop())).isFalse();

        ClaimedJob claim = worker.claimOne("q");
        assertThat(get(job.stop())).as("nobody listens").isFalse();

        worker.finish(claim, "done");
        assertThat(get(job.stop())).isFalse();
        StepVerifier.create(nobody().stop())
                .expectError(JobException.NoSuchJob.class)
                .verify(Eventually.DEADLINE);
    }

    private JobHandle<String> nobody() {
        return jobs.job(JobId.of("nobody"), String.class);
    }

    private List<RunningExecution> running() {
        return get(queue.executions().collectList());
    }
}
