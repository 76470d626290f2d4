package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs that wait for others across the border of languages, as Python RQ leaves them in Redis. */
@ExtendWith(RedisExtension.class)
class PythonKinIT {

    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
    }

    @Test
    void aJobOfPythonIsQueuedWhenOneOfOursHasFinished() {
        kin.enqueue("parent");
        childOfPython("0");

        kin.finish("parent");

        assertThat(kin.queued()).containsExactly("theirs");
        assertThat(redis.job(JobId.of("theirs")))
                .containsEntry("status", "queued")
                .containsKey("enqueued_at");
        assertThat(kin.traces("job:parent", "job:theirs", "results:parent")).isEmpty();
    }

    @Test
    void aJobThatPythonDeletedDoesNotComeBackWhenOneThatItWaitedForIsGivenBack() {
        kin.enqueue("parent", job -> job.ttl(Duration.ofHours(1)));
        kin.enqueue("deleted", job -> job.dependsOn(ids("parent")));
        kin.enqueue("waits", job -> job.dependsOn(ids("parent")));
        ClaimedJob claim = kin.claim("parent");
        redis.commands().del(redis.key("job:deleted"));

        worker.release(List.of(claim), true);

        assertThat(kin.exists("deleted")).isFalse();
        assertThat(kin.dependents("parent")).containsExactly("waits");
    }

    @Test
    void aJobOfPythonGoesOnWaitingForOneOfOursThatFailedUnlessItAllowsThat() {
        kin.enqueue("parent");
        childOfPython("0");
        kin.fail("parent");
        assertThat(kin.status("theirs")).isEqualTo(JobStatus.DEFERRED);

        redis.commands().hset(redis.key("job:theirs"), "allow_dependency_failures", "1");
        kin.tend();

        assertThat(kin.queued()).containsExactly("theirs");
    }

    @Test
    void aJobOfOursWaitsForWhatPythonEndedAndForgot() {
        kin.enqueue("theirs");
        kin.enqueue("ours");
        kin.enqueue("child", job -> job.dependsOn(ids("theirs", "ours")));
        redis.commands().lpop(redis.key("queue:q"));
        redis.commands().del(redis.key("job:theirs"), redis.key("job:theirs:dependents"));

        kin.finish("ours");

        assertThat(kin.queued()).containsExactly("child");
    }

    @Test
    void whatPythonEndedOtherwiseIsSeenByLooking() {
        kin.enqueue("theirs");
        kin.enqueue("patient", job -> job.dependsOn(ids("theirs")));
        kin.enqueue("cancels", job -> job.dependsOn(Dependency.on(ids("theirs")).cancelOnFailure()));
        kin.enqueue("runs", job -> job.dependsOn(Dependency.on(ids("theirs")).allowFailure()));
        redis.commands().lpop(redis.key("queue:q"));
        redis.commands().hset(redis.key("job:theirs"), "status", "stopped");

        kin.tend();

        assertThat(kin.status("patient")).isEqualTo(JobStatus.DEFERRED);
        assertThat(kin.status("cancels")).isEqualTo(JobStatus.CANCELED);
        assertThat(kin.queued()).containsExactly("runs");
        redis.commands().del(redis.key("job:theirs"));
        kin.tend();
        assertThat(kin.status("patient")).isEqualTo(JobStatus.CANCELED);
    }

    @Test
    void theResultOfAPythonJobIsTheInputOfTheNext() {
        kin.enqueue("theirs");
        JobHandle<String> child = get(worker.client().queue("q").enqueue(ECHO.requestFromResultOf(JobId.of("theirs"))));
        pythonFinishes("theirs", "ImZyb20gUHl0aG9uIg==", child.id().value());

        ClaimedJob claim = worker.claimOne("q");

        assertThat(claim.execution().job()).isEqualTo(child.id());
        assertThat(claim.input()).isEqualTo("\"from Python\"".getBytes(UTF_8));
    }

    @Test
    void ofTheCallbacksThatPythonQueuesAllTheSameOnlyThoseRunWhoseTurnItIs() {
        kin.enqueue(
                "theirs",
                job -> job.onSuccess(ECHO.request("", success -> success.description("success")))
                        .onFailure(ECHO.request("", failure -> failure.description("failure"))));
        String[] callbacks = kin.dependents("theirs").toArray(String[]::new);
        pythonFinishes("theirs", "", callbacks);

        assertThat(worker.claim(5, "q")).extracting(ClaimedJob::description).containsExactly("success");
        assertThat(redis.keys()).filteredOn(key -> key.matches("job:[^:]+")).hasSize(2);
    }

    @Test
    void aCallbackThatPythonQueuesTooEarlyGoesOnWaiting() {
        kin.enqueue("theirs", job -> job.onSuccess(ECHO.request("callback")));
        String callback = kin.dependents("theirs").iterator().next();
        redis.commands().lpop(redis.key("queue:q"));
        redis.commands().hset(redis.key("job:theirs"), "status", "failed");
        redis.commands().zadd(redis.key("failed:q"), redis.now() + 90, "theirs");
        push(callback);

        assertThat(worker.claim(5, "q")).isEmpty();
        assertThat(kin.status(callback)).isEqualTo(JobStatus.DEFERRED);
        kin.job("theirs").requeue().block();
        kin.finish("theirs");

        assertThat(kin.queued()).containsExactly(callback);
    }

    @Test
    void anEntryOfTheDeferredThatIsNobodyGoes() {
        redis.commands().zadd(redis.key("deferred:q"), redis.now() - 90, "nobody");
        redis.commands().zadd(redis.key("deferred:q"), redis.now(), "not-yet");

        kin.tend();

        assertThat(redis.score("deferred:q", "nobody")).isNull();
        assertThat(redis.score("deferred:q", "not-yet")).isNotNull();
    }

    private void childOfPython(String allowFailure) {
        redis.commands()
                .hset(
                        redis.key("job:theirs"),
                        Map.of(
                                "status", "deferred",
                                "origin", "q",
                                "data", "x",
                                "dependency_id", "parent",
                                "dependency_ids", "[\"parent\"]",
                                "allow_dependency_failures", allowFailure));
        redis.commands().zadd(redis.key("deferred:q"), redis.now(), "theirs");
        redis.commands().sadd(redis.key("job:parent:dependents"), "theirs");
        redis.commands().sadd(redis.key("job::theirs:dependencies"), "parent");
    }

    /** Python tells only what waits for nobody else, and leaves the sets of the dependents as they are. */
    private void pythonFinishes(String id, String value, String... dependents) {
        redis.commands().lpop(redis.key("queue:q"));
        redis.commands().hset(redis.key("job:" + id), "status", "finished");
        redis.commands().xadd(redis.key("results:" + id), Map.of("type", "1", "return_value", value));
        redis.commands().del(redis.key("job:" + id + ":dependents"));
        for (String dependent : dependents) {
            push(dependent);
        }
    }

    private void push(String id) {
        redis.commands().zrem(redis.key("deferred:q"), id);
        redis.commands().hset(redis.key("job:" + id), "status", "queued");
        redis.commands().rpush(redis.key("queue:q"), id);
    }
}
