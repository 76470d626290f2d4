package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(RedisExtension.class)
class CancelIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void aWaitingJobNeverStarts() {
        JobHandle<String> job = worker.enqueue("q");

        assertThat(get(job.cancel())).isTrue();

        assertThat(worker.claim(1, "q")).isEmpty();
        assertThat(get(job.status())).isEqualTo(JobStatus.CANCELED);
        assertThat(redis.job(job.id())).containsKey("ended_at");
        assertThat(redis.score("canceled:q", job.id().value())).isNotNull();
        assertThat(get(job.cancel())).as("a second time").isFalse();
    }

    @Test
    void aRunningJobIsTakenFromItsWorkerWhichIsTold() {
        JobHandle<String> job = worker.enqueue("q");
        worker.claimOne("q");

        StepVerifier.create(commands())
                .then(this::awaitWorker)
                .then(() -> assertThat(get(job.cancel())).isTrue())
                .assertNext(command ->
                        assertThat(command).contains("stop-job", job.id().value()))
                .thenCancel()
                .verify(Eventually.DEADLINE);

        assertThat(get(job.status())).isEqualTo(JobStatus.CANCELED);
        assertThat(redis.keys()).doesNotContain("wip:q");
    }

    @Test
    void deletingARunningJobTellsItsWorker() {
        JobHandle<String> job = worker.enqueue("q");
        worker.claimOne("q");

        StepVerifier.create(commands())
                .then(this::awaitWorker)
                .then(() -> assertThat(get(job.delete())).isTrue())
                .assertNext(command ->
                        assertThat(command).contains("stop-job", job.id().value()))
                .thenCancel()
                .verify(Eventually.DEADLINE);

        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void aJobThatPythonRunsIsAskedToStopAndLeftToItsWorker() {
        JobId id = JobId.of("theirs");
        String member = "theirs:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";
        redis.commands()
                .hset(
                        redis.key("job:" + id),
                        Map.of("status", "started", "origin", "q", "worker_name", "pretend", "data", "x"));
        redis.commands().zadd(redis.key("wip:q"), redis.now() + 90, member);

        StepVerifier.create(commands())
                .then(this::awaitWorker)
                .then(() -> assertThat(get(jobs.job(id, String.class).cancel())).isTrue())
                .expectNext("{\"command\":\"stop-job\",\"job_id\":\"theirs\"}")
                .thenCancel()
                .verify(Eventually.DEADLINE);

        assertThat(redis.job(id)).containsEntry("status", "started");
        assertThat(redis.score("wip:q", member)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deferred", "scheduled"})
    void aJobThatWaitsElsewhereIsTakenFromThere(String status) {
        JobId id = JobId.of("later");
        redis.commands().hset(redis.key("job:" + id), Map.of("status", status, "origin", "q"));
        redis.commands().zadd(redis.key(status + ":q"), redis.now() + 90, "later");

        assertThat(get(jobs.job(id, String.class).cancel())).isTrue();

        assertThat(redis.keys()).doesNotContain(status + ":q").contains("canceled:q");
        assertThat(redis.job(id)).containsEntry("status", "canceled");
    }

    @Test
    void aJobWithoutAStatusWaitsAsFarAsAnybodyKnows() {
        JobId id = JobId.of("bare");
        redis.commands().hset(redis.key("job:" + id), "origin", "q");
        redis.commands().rpush(redis.key("queue:q"), "bare");

        assertThat(get(jobs.job(id, String.class).cancel())).isTrue();

        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.job(id)).containsEntry("status", "canceled");
    }

    @Test
    void anEndedJobStaysAsItIs() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        worker.finish(claim, "done");

        assertThat(get(job.cancel())).isFalse();

        assertThat(get(job.status())).isEqualTo(JobStatus.FINISHED);
        assertThat(get(job.result())).isEqualTo("done");
    }

    @Test
    void aJobThatIsNotThereIsNotBroughtAbout() {
        JobHandle<String> missing = jobs.job(JobId.of("missing"), String.class);

        StepVerifier.create(missing.cancel())
                .expectError(JobException.NoSuchJob.class)
                .verify(Eventually.DEADLINE);

        assertThat(redis.keys()).isEmpty();
    }

    private Flux<String> commands() {
        return jobs.engine().workers().commands("pretend").map(String::new);
    }

    private void awaitWorker() {
        String channel = redis.key("pubsub:pretend");
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 1L));
    }
}
