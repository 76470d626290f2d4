package dev.rq4j.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Once an hour a worker mends what Python lost and left, in whatever queue. */
@ExtendWith(RedisExtension.class)
class AuditorIT {

    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);
    private static final String LONG_AGO = "2020-01-01T00:00:00.000000Z";

    private JobClient jobs;
    private RawRedis redis;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
    }

    /** It may have been taken off on purpose, which Redis does not tell. */
    @Test
    void whatIsInNoPlaceIsBroughtBackOnlyWhenSomebodyAsks() {
        JobHandle<String> lost = enqueue();
        redis.commands().lrem(redis.key("queue:unserved"), 0, lost.id().value());

        audit();
        assertThat(redis.keys()).doesNotContain("queue:unserved");
        jobs.audit().filterWhen(jobs::repair).blockLast(Eventually.DEADLINE);

        assertThat(redis.queue("unserved")).containsExactly(lost.id().value());
        Census.holds(redis);
    }

    @Test
    void whatAPythonWorkerRunsThatWasOursBeforeIsItsOwn() {
        JobHandle<String> job = enqueue();
        redis.commands().lrem(redis.key("queue:unserved"), 0, job.id().value());
        redis.commands().hset(redis.key("job:" + job.id()), Map.of("status", "started", "execution_id", "ours-1-0"));
        redis.commands().zadd(redis.key("wip:unserved"), redis.now() + 600, job.id() + ":pythons");

        assertThat(jobs.audit().collectList().block(Eventually.DEADLINE)).isEmpty();
    }

    @Test
    void oneHourAfterTheOtherItIsDone() {
        redis.commands().sadd(redis.key("workers:unserved"), redis.key("worker:dead"));
        audit();
        assertThat(redis.keys()).doesNotContain("workers:unserved");
        redis.commands().sadd(redis.key("workers:unserved"), redis.key("worker:dead"));
        audit();
        assertThat(redis.keys()).contains("workers:unserved");
        anHourLater();
        audit();

        assertThat(redis.keys()).doesNotContain("workers:unserved");
    }

    @Test
    void whatIsReadyAndTakenByNobodyIsQueued() {
        JobHandle<String> ready = enqueue();
        redis.commands().lrem(redis.key("queue:unserved"), 0, ready.id().value());
        redis.commands().hset(redis.key("job:" + ready.id()), "status", "ready_to_enqueue");
        redis.commands().zadd(redis.key("ready:unserved"), 1e9, ready.id().value());

        audit();

        assertThat(redis.keys()).doesNotContain("ready:unserved");
        assertThat(redis.queue("unserved")).containsExactly(ready.id().value());
        Census.holds(redis);
    }

    /** K4: the time to live that Python gave a deferred job is over, and all workers were away. */
    @Test
    void aDeferredJobThatHasGoneLeavesNothing() {
        JobHandle<String> parent = enqueue();
        JobHandle<String> child = jobs.queue("unserved")
                .enqueue(ECHO, "x", job -> job.dependsOn(parent.id()))
                .block(Eventually.DEADLINE);
        redis.commands().del(redis.key("job:" + child.id()));
        redis.commands().zadd(redis.key("deferred:unserved"), 1e9, child.id().value());

        audit();

        assertThat(redis.keysOf(child.id())).isEmpty();
        assertThat(redis.keys()).doesNotContain("deferred:unserved", "job:" + parent.id() + ":dependents");
        Census.holds(redis);
    }

    @Test
    void howLongPythonKeepsWhatIsItsOwnIsItsMatter() {
        JobHandle<String> canceled = enqueue();
        canceled.cancel().block(Eventually.DEADLINE);
        age(canceled);
        redis.commands().persist(redis.key("job:" + canceled.id()));

        audit();

        assertThat(redis.ttl("job:" + canceled.id())).isEqualTo(-1);
    }

    @Test
    void oneOfManyWorkersDoesIt() {
        for (int i = 0; i < 500; i++) {
            redis.commands().sadd(redis.key("workers:unserved"), redis.key("worker:dead" + i));
        }

        Flux.range(0, 5).flatMap(i -> new Auditor(jobs.engine()).round()).blockLast(Eventually.DEADLINE);

        assertThat(redis.keys()).doesNotContain("workers:unserved");
    }

    private JobHandle<String> enqueue() {
        JobHandle<String> job = jobs.queue("unserved").enqueue(ECHO, "x").block(Eventually.DEADLINE);
        age(job);
        return job;
    }

    private void age(JobHandle<?> job) {
        for (String time : List.of("created_at", "enqueued_at", "ended_at")) {
            redis.commands().hset(redis.key("job:" + job.id()), time, LONG_AGO);
        }
    }

    private void audit() {
        new Auditor(jobs.engine()).round().block(Eventually.DEADLINE);
    }

    private void anHourLater() {
        assertThat(redis.ttl("turn:audit")).isBetween(1L, Duration.ofHours(1).toSeconds());
        redis.commands().del(redis.key("turn:audit"));
    }
}
