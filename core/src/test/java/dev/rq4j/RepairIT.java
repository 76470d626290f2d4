package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Finding;
import dev.rq4j.job.Finding.Kind;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** What Python RQ has lost in its windows is found and brought back, and nothing that it may be at is touched. */
@ExtendWith(RedisExtension.class)
class RepairIT {

    private static final String LONG_AGO = "2020-01-01T00:00:00.000000Z";
    private static final JobId LOST = JobId.of("lost");

    private RawRedis redis;
    private JobClient jobs;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.jobs = jobs;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    @DisplayName("L1, L2: a worker of several queues ends between taking a job and running it")
    void aJobThatWasPoppedAndNeverRunIsQueuedAgain() {
        written(LOST, "queued");
        worker.enqueue("q");

        assertThat(mended()).containsExactly(Kind.IN_NO_PLACE);

        assertThat(redis.queue("q")).as("where it was taken from").hasSize(2).startsWith("lost");
        assertThat(finished("q", 2)).contains(LOST);
    }

    @Test
    @DisplayName("L3: a worker of one queue ends between taking a job and running it")
    void aJobInAnIntermediateListIsQueuedAgainInItsOrderAndNotFailed() {
        for (String id : List.of("first", "second")) {
            written(JobId.of(id), "queued");
            // RQ moves from the left end of the one to the right end of the other
            redis.commands().lpush(redis.key("queue:q:intermediate"), id);
        }

        assertThat(mended()).containsExactly(Kind.HELD_BY_NOBODY, Kind.HELD_BY_NOBODY);

        assertThat(redis.keys()).doesNotContain("queue:q:intermediate");
        assertThat(finished("q", 2)).containsExactlyInAnyOrder(JobId.of("first"), JobId.of("second"));
    }

    @Test
    @DisplayName("L3: a stale entry of an intermediate list, whose job has run")
    void aStaleEntryGoesAndItsJobStaysAsItIs() {
        JobHandle<String> job = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "done");
        age(job.id());
        redis.commands().rpush(redis.key("queue:q:intermediate"), job.id().value());

        assertThat(mended()).containsExactly(Kind.HELD_BY_NOBODY);

        assertThat(get(job.status())).isEqualTo(JobStatus.FINISHED);
        assertThat(redis.queue("q")).isEmpty();
        Census.holds(redis);
    }

    @Test
    @DisplayName("L4: a job is scheduled, and its entry was dropped before the job was written")
    void aScheduledJobWithoutAnEntryIsDue() {
        written(LOST, "scheduled");

        assertThat(mended()).containsExactly(Kind.IN_NO_PLACE);

        jobs.engine().times().promote("q").block(Eventually.DEADLINE);
        assertThat(finished("q", 1)).containsExactly(LOST);
    }

    @Test
    @DisplayName("L6: a job was to be queued again, and is in no registry any more")
    void aFailedJobInNoRegistryIsListedAgainAndGoesSomeDay() {
        written(LOST, "failed");

        assertThat(mended()).containsExactly(Kind.IN_NO_PLACE);

        assertThat(redis.ttl("job:lost")).isPositive();
        assertThat(redis.score("failed:q", "lost")).isNotNull();
        jobs.job(LOST, ECHO).requeue().block(Eventually.DEADLINE);
        assertThat(finished("q", 1)).containsExactly(LOST);
    }

    @Test
    @DisplayName("L6: many jobs were enqueued with dependencies, and some of them are deferred in no registry")
    void aDeferredJobInNoRegistryWaitsForItsParentsAgain() {
        JobHandle<String> parent = worker.enqueue("q");
        written(LOST, "deferred");
        redis.commands().sadd(redis.key("job:" + parent.id() + ":dependents"), "lost");
        redis.commands().sadd(redis.key("job::lost:dependencies"), parent.id().value());

        assertThat(mended()).containsExactly(Kind.IN_NO_PLACE);

        jobs.engine().times().expire().block(Eventually.DEADLINE);
        assertThat(get(jobs.job(LOST, ECHO).status())).isEqualTo(JobStatus.DEFERRED);
        worker.finish(worker.claimOne("q"), "done");
        assertThat(finished("q", 1)).containsExactly(LOST);
    }

    @Test
    void aStartedJobThatNobodyHoldsComesToTheFrontAndCountsAsRecovered() {
        JobHandle<String> job = worker.enqueue("q");
        worker.claimOne("q");
        worker.enqueue("q");
        age(job.id());
        redis.commands().del(redis.key("wip:q"));

        assertThat(mended()).containsExactly(Kind.WITHOUT_LEASE);

        assertThat(redis.queue("q")).hasSize(2).startsWith(job.id().value());
        assertThat(redis.job(job.id())).containsEntry("recoveries", "1").doesNotContainKey("execution_id");
        Census.holds(redis);
    }

    @Test
    void whatHasChangedSinceItWasFoundIsLeftAlone() {
        written(LOST, "queued");
        Finding finding = jobs.audit().blockLast(Eventually.DEADLINE);
        redis.commands().rpush(redis.key("queue:q"), "lost");
        ClaimedJob claim = worker.claimOne("q");

        assertThat(get(jobs.repair(finding))).isFalse();

        assertThat(redis.queue("q")).isEmpty();
        worker.finish(claim, "done");
        Census.holds(redis);
    }

    @Test
    void whatPythonHasJustTakenIsLeftAlone() {
        written(LOST, "queued");
        redis.commands().hset(redis.key("job:lost"), "enqueued_at", "2999-01-01T00:00:00.000000Z");
        Finding suspicion = new Finding(Kind.IN_NO_PLACE, "lost", redis.key("job:lost"), "q", "lost is in no place");

        assertThat(jobs.audit().collectList().block(Eventually.DEADLINE)).isEmpty();
        assertThat(get(jobs.repair(suspicion))).isFalse();
    }

    @Test
    void manyWhoRepairAtOnceDoItOnce() {
        written(LOST, "queued");
        Finding finding = jobs.audit().blockLast(Eventually.DEADLINE);

        List<Boolean> answers = Flux.range(0, 20)
                .flatMap(i -> jobs.repair(finding))
                .collectList()
                .block(Eventually.DEADLINE);

        assertThat(answers).hasSize(20).containsOnlyOnce(true);
        assertThat(redis.queue("q")).containsExactly("lost");
    }

    /** Repairs all that is found; emits what that was. */
    private List<Kind> mended() {
        List<Finding> found = jobs.audit().collectList().block(Eventually.DEADLINE);
        assertThat(found).allSatisfy(finding -> {
            assertThat(get(jobs.repair(finding))).isTrue();
            assertThat(get(jobs.repair(finding))).as("twice").isFalse();
        });
        assertThat(jobs.audit().collectList().block(Eventually.DEADLINE)).isEmpty();
        return found.stream().map(Finding::kind).toList();
    }

    /** Lets a worker run what waits; the namespace is sound then. */
    private List<JobId> finished(String queue, int count) {
        List<ClaimedJob> claims = worker.claim(count, queue);
        claims.forEach(claim -> worker.finish(claim, "done"));
        Census.holds(redis);
        return claims.stream().map(claim -> claim.execution().job()).toList();
    }

    /** A job as Python writes it, in no place. */
    private void written(JobId id, String status) {
        JobHandle<String> model = worker.enqueue("model");
        Map<String, String> fields = new HashMap<>(Map.of("status", status, "origin", "q", "timeout", "180"));
        fields.put("data", redis.job(model.id()).get("data"));
        for (String empty : List.of("started_at", "ended_at", "last_heartbeat", "worker_name", "group_id")) {
            fields.put(empty, "");
        }
        fields.put("created_at", LONG_AGO);
        fields.put("enqueued_at", LONG_AGO);
        redis.commands().hset(redis.key("job:" + id), fields);
        redis.commands().sadd(redis.key("queues"), redis.key("queue:q"));
        assertThat(get(model.delete())).isTrue();
    }

    private void age(JobId id) {
        for (String time : List.of("created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat")) {
            redis.commands().hset(redis.key("job:" + id), time, LONG_AGO);
        }
    }
}
