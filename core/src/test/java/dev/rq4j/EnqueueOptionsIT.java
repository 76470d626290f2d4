package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is asked for when a job is enqueued arrives as it was asked for. */
@ExtendWith(RedisExtension.class)
class EnqueueOptionsIT {

    private RawRedis redis;
    private JobQueue queue;
    private PretendWorker worker;

    @BeforeEach
    void start(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.queue = jobs.queue("q");
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void aDelayedJobIsScheduledByTheClockOfRedis() {
        Instant before = Instant.now();
        JobHandle<String> job =
                enqueue(options -> options.delay(Duration.ofHours(1)).ttl(Duration.ofHours(2)));

        Job seen = get(job.snapshot());
        assertThat(seen.status()).isEqualTo(JobStatus.SCHEDULED);
        assertThat(seen.times().notBefore())
                .isBetween(before.plusSeconds(3590), Instant.now().plusSeconds(3610));
        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.job(job.id())).containsEntry("ttl", "7200").containsKey("expires_at");
    }

    @Test
    void aTimeAfterTheTtlIsRefusedByTheClockOfRedisAndNothingIsWritten() {
        Instant later = Instant.now().plus(Duration.ofHours(2));

        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(
                        () -> enqueue(options -> options.id("never").at(later).ttl(Duration.ofSeconds(1))))
                .withMessage("job never could never start: its time (at) comes when its ttl is over already");
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> enqueue(options -> options.onSuccess(
                        ECHO.request("", callback -> callback.at(later).ttl(Duration.ofSeconds(1))))));

        assertThat(redis.keys()).isEmpty();
        enqueue(options -> options.at(later).ttl(Duration.ofHours(3)));
        enqueue(options -> options.at(Instant.now().minusSeconds(60)).ttl(Duration.ofSeconds(1)));
    }

    @Test
    void whatIsAskedForIsSeenInTheJob() {
        JobHandle<String> parent = enqueue(options -> {});
        JobHandle<String> job = enqueue(options -> options.retry(RetryPolicy.times(3))
                .repeat(Repeat.times(2))
                .group("nightly")
                .meta(Map.of("user", 7))
                .dependsOn(parent.id()));

        Job seen = get(job.snapshot());
        assertThat(seen.status()).isEqualTo(JobStatus.DEFERRED);
        assertThat(seen.attempts()).isEqualTo(new Job.Attempts(0, 0, 3, 2));
        assertThat(seen.group()).isEqualTo("nightly");
        assertThat(seen.dependencies()).containsExactly(parent.id());
        assertThat(redis.job(job.id())).containsEntry("meta", "{\"user\":7}");
    }

    @Test
    void aDependencyThatDoesNotExistIsRefusedAndNothingIsWritten() {
        assertThatExceptionOfType(JobException.NoSuchDependency.class)
                .isThrownBy(() -> enqueue(options -> options.id("child").dependsOn(JobId.of("nobody"))))
                .withMessage("job child depends on job nobody, which does not exist");

        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.keysOf(JobId.of("child"))).isEmpty();
    }

    @Test
    void aJobAtTheFrontGoesThereThoughItsParentHasEnded() {
        JobHandle<String> parent = enqueue(options -> {});
        worker.finish(worker.claimOne("q"), "done");
        JobHandle<String> first = enqueue(options -> {});

        JobHandle<String> urgent =
                enqueue(options -> options.dependsOn(Dependency.on(parent.id()).atFront()));

        assertThat(redis.queue("q"))
                .containsExactly(urgent.id().value(), first.id().value());
    }

    @Test
    void aWaitingJobIsReplacedAndOneThatRunsIsNot() {
        enqueue(options -> options.id("mine").description("one"));
        enqueue(options -> options.id("mine").description("two").ifExists(IfExists.REPLACE));
        assertThat(redis.queue("q")).containsExactly("mine");
        assertThat(redis.job(JobId.of("mine"))).containsEntry("description", "two");

        worker.claimOne("q");
        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> enqueue(options -> options.id("mine").ifExists(IfExists.REPLACE)));
    }

    @Test
    void aUniqueKeyIsRefusedReturnedOrTakenOver() {
        JobHandle<String> first = enqueue(options -> options.unique(Unique.untilEnded("k")));

        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> enqueue(options -> options.unique(Unique.untilEnded("k"))))
                .satisfies(refused -> assertThat(refused.job()).isEqualTo(first.id()));
        JobHandle<String> same =
                enqueue(options -> options.unique(Unique.untilEnded("k").ifTaken(IfExists.RETURN_EXISTING)));
        assertThat(same.id()).isEqualTo(first.id());
        JobHandle<String> last = enqueue(options -> options.unique(Unique.debounce("k")));

        assertThat(redis.queue("q")).containsExactly(last.id().value());
        assertThat(get(first.delete())).isFalse();
    }

    @Test
    void whoAwaitsAJobThatIsThereAlreadyGetsItsResult() {
        JobHandle<String> first = enqueue(options -> options.unique(Unique.untilEnded("k")));

        Mono<String> result = queue.enqueueAndAwait(
                        ECHO,
                        "",
                        options -> options.unique(Unique.untilEnded("k").ifTaken(IfExists.RETURN_EXISTING)))
                .cache();
        result.subscribe(value -> {}, error -> {});
        String channel = redis.key("outcome:" + first.id());
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 1L));
        worker.finish(worker.claimOne("q"), "of the first");

        assertThat(get(result)).isEqualTo("of the first");
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void aJobOverItsLimitWaits() {
        Consumer<JobOptions.Builder> limited = options -> options.limit(RateLimit.concurrency("db", 1));
        enqueue(limited);
        JobHandle<String> second = enqueue(limited);
        assertThat(get(second.status())).isEqualTo(JobStatus.RATE_LIMITED);

        worker.finish(worker.claimOne("q"), "");

        assertThat(redis.queue("q")).containsExactly(second.id().value());
    }

    @Test
    void theUniqueKeyOfTheJobThatIsReplacedIsNotInTheWay() {
        Unique key = Unique.untilEnded("key");
        enqueue(options -> options.id("mine").unique(key));

        enqueue(options -> options.id("mine").unique(key).description("two").ifExists(IfExists.REPLACE));

        assertThat(redis.job(JobId.of("mine"))).containsEntry("description", "two");
        assertThat(redis.queue("q")).containsExactly("mine");
    }

    @Test
    void aRetryGoesWhereItsPolicySaysWhenItsTimeHasCome() {
        RetryPolicy later = RetryPolicy.times(1).fixed(Duration.ofMinutes(1));
        JobHandle<String> front = enqueue(options -> options.retry(later.atFront()));
        JobHandle<String> back = enqueue(options -> options.retry(later).atFront());
        worker.claim(2, "q").forEach(claim -> worker.fail(claim, "not yet"));
        JobHandle<String> other = enqueue(options -> {});

        for (JobHandle<String> job : List.of(back, front)) {
            assertThat(get(job.status())).isEqualTo(JobStatus.SCHEDULED);
            redis.commands().zadd(redis.key("scheduled:q"), 1, job.id().value());
        }
        get(worker.client().engine().times().promote("q").thenReturn(true));

        assertThat(redis.queue("q"))
                .containsExactly(
                        front.id().value(), other.id().value(), back.id().value());
        assertThat(redis.job(front.id())).doesNotContainKey("again_at_front");
    }

    @Test
    void theCallbackForTheEndRunsAndTheOthersGo() {
        JobHandle<String> parent = enqueue(options -> options.onSuccess("thanks", named("good"))
                .onFailure(named("bad"))
                .onStopped(named("stopped")));
        ClaimedJob claim = worker.claimOne("q");
        assertThat(claim.execution().job()).isEqualTo(parent.id());

        worker.finish(claim, "");

        assertThat(worker.claimOne("thanks").description()).isEqualTo("good");
        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.commands().zcard(redis.key("deferred:q"))).isZero();
        assertThat(redis.keys().stream().filter(key -> key.matches("job:[^:]+")))
                .hasSize(2);
    }

    @Test
    void aCallbackForAFailureRunsAndOneForSuccessWaitsWhileTheJobMayBeQueuedAgain() {
        JobHandle<String> parent =
                enqueue(options -> options.onSuccess(named("good")).onFailure("alarms", named("bad")));

        worker.fail(worker.claimOne("q"), "broken");

        assertThat(worker.claimOne("alarms").description()).isEqualTo("bad");
        assertThat(redis.commands().zcard(redis.key("deferred:q"))).isOne();
        get(parent.delete());
        assertThat(redis.commands().zcard(redis.key("deferred:q"))).isZero();
    }

    @Test
    void aCallbackOfACallbackFollowsIt() {
        enqueue(options -> options.onSuccess(
                ECHO.request("", first -> first.description("first").onSuccess(named("second")))));
        worker.finish(worker.claimOne("q"), "");
        ClaimedJob first = worker.claimOne("q");
        assertThat(first.description()).isEqualTo("first");
        worker.finish(first, "");

        assertThat(worker.claimOne("q").description()).isEqualTo("second");
    }

    @Test
    void aCallbackMayWaitForOthersWhateverTheirEnd() {
        JobHandle<String> other = enqueue(options -> {});
        enqueue(options -> options.onFailure(
                ECHO.request("", callback -> callback.description("bad").dependsOn(other.id()))));
        List<ClaimedJob> both = worker.claim(2, "q");

        worker.finish(both.get(0), "");
        assertThat(redis.commands().zcard(redis.key("deferred:q"))).isOne();
        worker.fail(both.get(1), "broken");

        assertThat(worker.claimOne("q").description()).isEqualTo("bad");
    }

    @Test
    void callbacksOfARefusedJobAreNotMade() {
        enqueue(options -> options.id("mine"));
        enqueue(options -> options.id("mine").ifExists(IfExists.RETURN_EXISTING).onSuccess(named("good")));

        assertThat(redis.keys()).containsExactlyInAnyOrder("queues", "queue:q", "job:mine");
    }

    @Test
    void aCallbackThatIsNotMadeDoesNotHinderItsNeighbours() {
        enqueue(options -> options.unique(Unique.untilEnded("k")));
        ClaimedJob holder = worker.claimOne("q");
        enqueue(options -> options.onSuccess(ECHO.request("", callback -> callback.unique(Unique.untilEnded("k"))))
                .onSuccess(named("good")));

        worker.finish(worker.claimOne("q"), "");

        assertThat(worker.claimOne("q").description()).isEqualTo("good");
        worker.finish(holder, "");
    }

    @Test
    void handlesOfABatchAreThoseOfTheRequests() {
        Flux<JobRequest<?>> requests = Flux.range(0, 3)
                .map(i -> ECHO.request("", options -> options.id("job-" + i).onSuccess(named("good"))));

        assertThat(get(queue.enqueueAll(requests).map(job -> job.id().value()).collectList()))
                .containsExactly("job-0", "job-1", "job-2");
        assertThat(redis.queue("q")).containsExactly("job-0", "job-1", "job-2");
    }

    @Test
    void aResultIsTheInputOfTheNextJob() {
        JobHandle<String> parent = enqueue(options -> {});
        get(queue.enqueue(ECHO.requestFromResultOf(parent.id())));
        worker.finish(worker.claimOne("q"), "passed on");

        ClaimedJob next = worker.claimOne("q");

        assertThat(next.inputFrom()).isEqualTo(parent.id());
        assertThat(next.input()).asString().isEqualTo("\"passed on\"");
    }

    private JobHandle<String> enqueue(Consumer<JobOptions.Builder> options) {
        return get(queue.enqueue(ECHO, "hello", options));
    }

    private static JobRequest<String> named(String description) {
        return ECHO.request("", options -> options.description(description));
    }
}
