package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of jobs after a Python worker ran one and told nobody. */
@ExtendWith(RedisExtension.class)
class AfterPythonIT {

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
    void callbacksForOtherEndsAreDropped() {
        JobHandle<String> job =
                enqueue(options -> options.onSuccess(ECHO.request("well")).onFailure(ECHO.request("badly")));
        assertThat(ids("deferred")).hasSize(2);

        endInPython(job.id(), "finished", 500);
        assertThat(ids("deferred")).as("Python queues none of them").hasSize(2);
        lookNow();

        assertThat(inputsInQueue()).containsExactly("well");
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("deferred") || key.equals("deadlines"));
        assertThat(redis.keys().stream().filter(key -> key.matches("job:[^:]+")))
                .hasSize(2);
    }

    @Test
    void callbacksForFailureRunAndThoseForSuccessWaitAsLongAsItIsKept() {
        JobHandle<String> job =
                enqueue(options -> options.onSuccess(ECHO.request("well")).onFailure(ECHO.request("badly")));
        endInPython(job.id(), "failed", 3600);
        assertThat(ids("deferred")).as("Python queues none of them").hasSize(2);
        lookNow();
        assertThat(inputsInQueue()).containsExactly("badly");
        assertThat(ids("deferred")).hasSize(1);

        redis.commands().del(redis.key("job:" + job.id()));
        lookNow();
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("deferred") || key.equals("deadlines"));
    }

    @Test
    void aCallbackForSuccessDoesNotRunAfterAFailureWhenWhatItWaitsForBesidesFinishes() {
        JobHandle<String> other = enqueue(options -> {});
        JobHandle<String> job =
                enqueue(options -> options.onSuccess(ECHO.request("well", callback -> callback.dependsOn(other.id()))));
        endInPython(job.id(), "failed", 3600);
        worker.finish(worker.claimOne("q"), "done");
        lookNow();
        assertThat(ids("deferred")).hasSize(1);
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void aJobThatIsToBeCanceledThenIsCanceled() {
        JobHandle<String> parent = enqueue(options -> {});
        JobHandle<String> child =
                enqueue(options -> options.dependsOn(Dependency.on(parent.id()).cancelOnFailure()));
        JobHandle<String> grandchild =
                enqueue(options -> options.dependsOn(Dependency.on(child.id()).cancelOnFailure()));
        endInPython(parent.id(), "failed", 3600);
        lookNow();
        assertThat(get(child.status())).isEqualTo(JobStatus.CANCELED);
        assertThat(get(grandchild.status())).isEqualTo(JobStatus.CANCELED);
    }

    @Test
    void aJobThatWaitsForItsTimeAsWellGoesOnWaiting() {
        JobHandle<String> parent = enqueue(options -> {});
        JobHandle<String> child =
                enqueue(options -> options.dependsOn(parent.id()).delay(Duration.ofHours(1)));
        endInPython(parent.id(), "finished", 500);
        assertThat(get(child.status())).as("Python does not queue it").isEqualTo(JobStatus.DEFERRED);
        lookNow();
        assertThat(get(child.status())).isEqualTo(JobStatus.SCHEDULED);
        assertThat(redis.keys()).doesNotContain("deadlines");
    }

    @Test
    void aJobThatWaitsForRoomAsWellGoesOnWaiting() {
        RateLimit one = RateLimit.concurrency("db", 1);
        enqueue(options -> options.limit(one));
        JobHandle<String> parent = enqueue(options -> {});
        JobHandle<String> child =
                enqueue(options -> options.dependsOn(parent.id()).limit(one));
        endInPython(parent.id(), "finished", 500);
        assertThat(get(child.status())).as("Python does not queue it").isEqualTo(JobStatus.DEFERRED);
        lookNow();
        assertThat(get(child.status())).isEqualTo(JobStatus.RATE_LIMITED);
    }

    @Test
    void aParentThatPythonDeletedIsNotWaitedFor() {
        JobHandle<String> parent = enqueue(options -> {});
        JobHandle<String> child = enqueue(options -> options.dependsOn(parent.id()));
        JobHandle<String> anyhow =
                enqueue(options -> options.dependsOn(Dependency.on(parent.id()).allowFailure()));
        redis.commands().lrem(redis.key("queue:q"), 0, parent.id().value());
        redis.commands().del(redis.key("job:" + parent.id()), redis.key("job:" + parent.id() + ":dependents"));
        lookNow();
        assertThat(get(child.status())).isEqualTo(JobStatus.QUEUED);
        assertThat(get(anyhow.status())).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void aJobOfSeveralParentsIsQueuedWhenTheLastWasEndedByPython() {
        JobHandle<String> one = enqueue(options -> {});
        JobHandle<String> other = enqueue(options -> {});
        JobHandle<String> child =
                enqueue(options -> options.dependsOn(one.id(), other.id()).onFailure(ECHO.request("never")));
        endInPython(one.id(), "finished", 500);
        lookNow();
        assertThat(get(child.status())).isEqualTo(JobStatus.DEFERRED);
        redis.commands().del(redis.key("job:" + one.id()));
        lookNow();
        assertThat(get(child.status())).as("one is remembered as finished").isEqualTo(JobStatus.DEFERRED);
        endInPython(other.id(), "finished", 500);
        assertThat(get(child.status())).as("Python queues it").isEqualTo(JobStatus.QUEUED);
        lookNow();
        assertThat(get(child.status())).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void whatItReturnedIsTheInputOfTheNext() {
        JobHandle<String> parent = enqueue(options -> {});
        JobHandle<String> child =
                get(jobs.queue("q").enqueue(ECHO.requestFromResultOf(parent.id(), options -> options.id("child"))));
        endInPython(parent.id(), "finished", 500);
        assertThat(get(child.status())).as("Python queues it").isEqualTo(JobStatus.QUEUED);

        ClaimedJob claim = worker.claimOne("q");
        assertThat(PretendWorker.idOf(claim)).isEqualTo("child");
        assertThat(claim.input()).asString().isEqualTo("\"of python\"");
    }

    @Test
    void itsRoomIsGivenToTheNext() {
        RateLimit one = RateLimit.concurrency("db", 1);
        JobHandle<String> first = enqueue(options -> options.limit(one));
        JobHandle<String> second = enqueue(options -> options.limit(one));
        JobHandle<String> third = enqueue(options -> options.limit(one));
        jobs.engine().times().vacate().block(Eventually.DEADLINE);
        assertThat(get(second.status())).isEqualTo(JobStatus.RATE_LIMITED);

        endInPython(first.id(), "finished", 500);
        jobs.engine().times().vacate().block(Eventually.DEADLINE);
        assertThat(get(second.status())).isEqualTo(JobStatus.QUEUED);
        assertThat(get(third.status())).isEqualTo(JobStatus.RATE_LIMITED);

        redis.commands().del(redis.key("job:" + second.id()), redis.key("job:" + third.id()));
        jobs.engine().times().vacate().block(Eventually.DEADLINE);
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("rl"));
    }

    @Test
    void aJobThatItBeganDoesNotExpire() {
        JobHandle<String> scheduled = enqueue(options -> options.ttl(Duration.ofMinutes(1)));
        JobHandle<String> queued = enqueue(options -> options.ttl(Duration.ofMinutes(1)));
        for (JobHandle<?> job : List.of(scheduled, queued)) {
            // begun, failed, and to be tried again
            redis.commands().hset(redis.key("job:" + job.id()), Map.of("worker_name", "python", "expires_at", "1"));
            redis.commands().persist(redis.key("job:" + job.id()));
        }
        redis.commands().lrem(redis.key("queue:q"), 0, scheduled.id().value());
        redis.commands().hset(redis.key("job:" + scheduled.id()), "status", "scheduled");
        lookNow();
        assertThat(get(scheduled.status())).isEqualTo(JobStatus.SCHEDULED);
        assertThat(PretendWorker.idOf(worker.claimOne("q")))
                .isEqualTo(queued.id().value());
    }

    @Test
    void aJobThatIsQueuedAgainDoesNotExpire() {
        JobHandle<String> job = enqueue(options -> options.ttl(Duration.ofMinutes(1)));
        get(job.cancel());
        redis.commands().hset(redis.key("job:" + job.id()), "expires_at", "1");
        job.requeue().block(Eventually.DEADLINE);
        assertThat(PretendWorker.idOf(worker.claimOne("q"))).isEqualTo(job.id().value());
    }

    @Test
    void aJobThatIsListedBeforeItIsWrittenIsScheduled() {
        JobHandle<String> job = enqueue(options -> options.delay(Duration.ofHours(1)));
        Map<String, String> hash = redis.job(job.id());
        redis.commands().del(redis.key("job:" + job.id()));
        redis.commands().zadd(redis.key("scheduled:q"), 1, job.id().value());
        get(jobs.engine().times().promote("q").thenReturn(true));
        assertThat(redis.score("scheduled:q", job.id().value())).isGreaterThan(1);

        redis.commands().hset(redis.key("job:" + job.id()), hash);
        redis.commands().zadd(redis.key("scheduled:q"), 1, job.id().value());
        get(jobs.engine().times().promote("q").thenReturn(true));
        assertThat(redis.queue("q")).containsExactly(job.id().value());
    }

    @Test
    void whatIsListedAndNeverWrittenIsForgotten() {
        redis.commands().zadd(redis.key("scheduled:q"), 1, "ghost");
        get(jobs.engine().times().promote("q").thenReturn(true));
        assertThat(ids("scheduled")).containsExactly("ghost");
        redis.commands().zadd(redis.key("tombstones"), redis.now() - 31, "ghost:unwritten");
        redis.commands().zadd(redis.key("scheduled:q"), 1, "ghost");
        get(jobs.engine().times().promote("q").thenReturn(true));
        assertThat(ids("scheduled")).isEmpty();
    }

    /** Does what Python RQ 1.13 does at the end of a job, and to those that it knows to wait for it. */
    private void endInPython(JobId id, String status, int ttl) {
        boolean well = status.equals("finished");
        redis.commands().lrem(redis.key("queue:q"), 0, id.value());
        redis.commands().hset(redis.key("job:" + id), Map.of("status", status, "worker_name", "python"));
        redis.commands()
                .xadd(
                        redis.key("results:" + id),
                        well ? Map.of("type", "1", "return_value", "Im9mIHB5dGhvbiI=") : Map.of("type", "2"));
        redis.commands().zadd(redis.key(status + ":q"), redis.now() + ttl, id.value());
        redis.commands().expire(redis.key("job:" + id), ttl);
        for (String dependent : redis.commands().smembers(redis.key("job:" + id + ":dependents"))) {
            Set<String> others = redis.commands().smembers(redis.key("job::" + dependent + ":dependencies")).stream()
                    .filter(other -> !other.equals(id.value()))
                    .map(other -> redis.commands().hget(redis.key("job:" + other), "status"))
                    .collect(Collectors.toSet());
            Map<String, String> hash = redis.hash("job:" + dependent);
            boolean allowed =
                    well || hash.getOrDefault("allow_dependency_failures", "0").equals("1");
            if (allowed && Set.of("finished").containsAll(others)) {
                redis.commands().zrem(redis.key("deferred:q"), dependent);
                redis.commands().hset(redis.key("job:" + dependent), "status", "queued");
                redis.commands().rpush(redis.key("queue:q"), dependent);
            }
        }
    }

    /** Has all that is looked at later looked at now. */
    private void lookNow() {
        for (String id : redis.commands().zrange(redis.key("deadlines"), 0, -1)) {
            redis.commands().zadd(redis.key("deadlines"), 1, id);
        }
        jobs.engine().times().expire().then(jobs.engine().times().tend("q")).block(Eventually.DEADLINE);
    }

    private List<String> ids(String registry) {
        return redis.commands().zrange(redis.key(registry + ":q"), 0, -1);
    }

    private List<String> inputsInQueue() {
        return redis.queue("q").stream()
                .map(id -> redis.payload(JobId.of(id)).replaceAll(".*\\[\"(.*)\"\\].*", "$1"))
                .toList();
    }

    private JobHandle<String> enqueue(Consumer<JobOptions.Builder> change) {
        return get(jobs.queue("q").enqueue(ECHO, "x", change));
    }
}
