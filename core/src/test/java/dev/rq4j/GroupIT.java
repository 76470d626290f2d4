package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.GroupProgress;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobOutcome;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.TypeRef;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Jobs that belong together. */
@ExtendWith(RedisExtension.class)
class GroupIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;
    private JobGroup group;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
        this.group = jobs.group("g");
    }

    @Test
    void aGroupIsWrittenAsPythonWritesIt() {
        JobGroup same = get(group.enqueue("q", List.of(ECHO.request("", job -> job.id("a")))));
        kin.enqueueTo("other", "b", job -> job.group("g"));

        assertThat(same).isSameAs(group);
        assertThat(redis.commands().smembers(redis.key("groups"))).containsExactly("g");
        assertThat(redis.commands().smembers(redis.key("group:g"))).containsExactlyInAnyOrder("a", "b");
        assertThat(redis.job(JobId.of("a"))).containsEntry("group_id", "g");
        assertThat(redis.ttl("groups")).isPositive();
        assertThat(redis.ttl("group:g")).isPositive();
        assertThat(get(group.size())).isEqualTo(2);
        assertThat(group.ids().collectList().block()).containsExactlyInAnyOrder(ids("a", "b"));
        assertThat(group.jobs().collectList().block()).extracting("group").containsExactly("g", "g");
    }

    @Test
    void groupsAreListedByName() {
        kin.enqueue("a", job -> job.group("z"));
        kin.enqueue("b", job -> job.group("a.b"));

        assertThat(jobs.groups().collectList().block()).containsExactly("a.b", "z");
    }

    @Test
    void resultsOfTypesWithParametersAreRead() {
        kin.enqueue("a", job -> job.group("g"));
        kin.finish("a", List.of("x", "y"));
        TypeRef<List<String>> texts = new TypeRef<>() {};

        assertThat(group.results(texts).collectList().block()).containsExactly(List.of("x", "y"));
        assertThat(group.outcomes(texts).collectList().block())
                .containsExactly(new JobOutcome<>(JobId.of("a"), List.of("x", "y"), null));
        assertThat(jobs.job(JobId.of("a"), texts).result().block()).containsExactly("x", "y");
    }

    @Test
    void jobsAreEnqueuedInBatchesAsTheyAreAskedFor() {
        StepVerifier.create(group.enqueueAll("q", Flux.range(0, 1000).map(i -> ECHO.request("job " + i))), 10)
                .expectNextCount(10)
                .then(() -> assertThat(get(group.size())).isLessThan(1000))
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(990)
                .verifyComplete();

        assertThat(get(group.size())).isEqualTo(1000);
        assertThat(group.ids().distinct().count().block()).isEqualTo(1000);
    }

    @Test
    void aRequestThatAnExistingJobMayAnswerIsRefusedBeforeAnythingIsWritten() {
        List<JobRequest<String>> requests = List.of(
                ECHO.request("", job -> job.id("a").ifExists(IfExists.RETURN_EXISTING)),
                ECHO.request("", job -> job.unique(Unique.untilEnded("k").ifTaken(IfExists.RETURN_EXISTING))));

        for (JobRequest<String> request : requests) {
            assertThatExceptionOfType(JobException.Invalid.class)
                    .isThrownBy(() -> get(group.enqueue("q", List.of(ECHO.request("new"), request))))
                    .withMessage(
                            "a job of group g must be a new one, but task tests.echo was to return an existing one:"
                                    + " that would not join the group, and nobody would wait for it");
            assertThatExceptionOfType(JobException.Invalid.class)
                    .isThrownBy(() -> group.enqueueAll("q", Flux.just(request)).blockLast(Eventually.DEADLINE));
        }

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void whereItsJobsAreIsCounted() {
        oneOfEach();

        assertThat(get(group.snapshot())).isEqualTo(new GroupProgress(3, 1, 1, 1, 1, 1, 1));
        assertThat(get(group.snapshot()).total()).isEqualTo(9);
        assertThat(get(jobs.group("nobody").snapshot())).isEqualTo(GroupProgress.NONE);
    }

    @Test
    void tenThousandJobsAreCountedInSteps() {
        enqueue(10_000);

        assertThat(get(group.snapshot())).isEqualTo(new GroupProgress(10_000, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void progressIsToldWhenSomethingHasChangedAndUntilAllHaveEnded() {
        enqueue(3);

        StepVerifier.create(group.progress())
                .expectNext(new GroupProgress(3, 0, 0, 0, 0, 0, 0))
                .then(this::awaitListener)
                .then(() -> worker.finish(worker.claimOne("q"), "done"))
                .expectNext(new GroupProgress(2, 0, 1, 0, 0, 0, 0))
                .then(() -> {
                    worker.claimAndDie(1, "q");
                    jobs.engine().leases().recover("q", 0).blockLast();
                })
                .thenConsumeWhile(progress -> progress.failed() == 0)
                .expectNext(new GroupProgress(1, 0, 1, 1, 0, 0, 0))
                .then(() -> kin.job(kin.queued().get(0)).cancel().block())
                .expectNext(new GroupProgress(0, 0, 1, 1, 0, 1, 0))
                .expectComplete()
                .verify(Eventually.DEADLINE);

        Eventually.holds(() -> assertThat(listeners()).isZero());
    }

    @Test
    void whatNobodyTellsIsFoundByLooking() {
        enqueue(1);

        StepVerifier.create(group.progress())
                .expectNextCount(1)
                .then(() -> redis.commands().hset(redis.key("job:j0"), "status", "finished"))
                .expectNext(new GroupProgress(0, 0, 1, 0, 0, 0, 0))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void closingTheClientEndsTheWaiting() {
        enqueue(1);
        JobClient other = RedisExtension.connect(redis.prefix());

        StepVerifier.create(other.group("g").progress())
                .expectNextCount(1)
                .then(() -> RedisExtension.close(other))
                .expectError(JobException.Closed.class)
                .verify(Eventually.DEADLINE);
    }

    @Test
    void aBurstOfEndsIsToldTenTimesASecondAtMost() {
        enqueue(400);
        Mono<Void> burst = Mono.fromRunnable(() -> {
            for (int i = 0; i < 4; i++) {
                worker.claim(100, "q").forEach(claim -> worker.finish(claim, null));
            }
        });
        long began = System.nanoTime();

        List<GroupProgress> told = group.progress()
                .mergeWith(burst.subscribeOn(Schedulers.boundedElastic()).then(Mono.empty()))
                .collectList()
                .block(Eventually.DEADLINE);

        long tenths = Duration.ofNanos(System.nanoTime() - began).toMillis() / 100;
        assertThat(told).last().isEqualTo(new GroupProgress(0, 0, 400, 0, 0, 0, 0));
        assertThat(told).hasSizeLessThanOrEqualTo((int) tenths + 1).doesNotHaveDuplicates();
    }

    @Test
    void allOfAGroupThatHasEndedIsKnownAtOnce() {
        enqueue(2);
        worker.claim(2, "q").forEach(claim -> worker.finish(claim, "x"));

        assertThat(get(group.await())).isEqualTo(new GroupProgress(0, 0, 2, 0, 0, 0, 0));
        assertThat(get(jobs.group("nobody").await())).isEqualTo(GroupProgress.NONE);
    }

    @Test
    void outcomesComeAsTheJobsEnd() {
        kin.enqueue("good", job -> job.group("g"));
        kin.enqueue("nothing", job -> job.group("g"));
        kin.enqueue("bad", job -> job.group("g"));
        kin.enqueue("gone", job -> job.group("g"));
        get(kin.job("gone").delete());

        List<JobOutcome<String>> outcomes = group.outcomes(String.class)
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(outcome -> {
                    if (outcome.job().value().equals("gone")) {
                        kin.finish("good", "yes");
                        kin.finish("nothing", null);
                        kin.fail("bad");
                    }
                })
                .collectList()
                .block(Eventually.DEADLINE);

        assertThat(outcomes).hasSize(4);
        assertThat(outcomes.get(0).error()).isInstanceOf(JobException.NoSuchJob.class);
        Map<String, JobOutcome<String>> byId = outcomes.stream()
                .collect(Collectors.toMap(outcome -> outcome.job().value(), outcome -> outcome));
        assertThat(byId.get("good").value()).isEqualTo("yes");
        assertThat(byId.get("nothing")).isEqualTo(new JobOutcome<>(JobId.of("nothing"), null, null));
        assertThat(byId.get("bad").error()).isInstanceOf(JobException.JobFailed.class);
        assertThat(byId.get("bad").isSuccess()).isFalse();
        assertThat(group.results(String.class).collectList().block()).containsExactly("yes");
    }

    @Test
    void cancelingTakesBackWhatHasNotEnded() {
        oneOfEach();

        assertThat(get(group.cancel())).isEqualTo(4);

        assertThat(get(group.snapshot())).isEqualTo(new GroupProgress(0, 0, 1, 1, 1, 5, 1));
        assertThat(kin.queued()).isEmpty();
    }

    @Test
    void deletingLeavesNothing() {
        oneOfEach();
        enqueue(700);

        assertThat(get(group.delete())).isEqualTo(708);

        assertThat(kin.traces()).isEmpty();
        assertThat(redis.keys()).doesNotContain("group:g", "groups");
        assertThat(get(group.delete())).isZero();
    }

    @Test
    void aJobRunsWhenAllHaveEndedInWhateverWay() {
        kin.enqueue("a", job -> job.group("g"));
        kin.enqueue("b", job -> job.group("g"));
        kin.enqueue("gone", job -> job.group("g"));
        get(kin.job("gone").delete());

        JobHandle<String> then = get(group.whenComplete("then", ECHO.request("", job -> job.group("g"))));
        assertThat(get(then.snapshot()).dependencies()).containsExactlyInAnyOrder(ids("a", "b"));
        kin.enqueue("late", job -> job.group("g"));
        kin.finish("a");
        assertThat(get(then.status())).isEqualTo(JobStatus.DEFERRED);
        kin.fail("b");

        assertThat(redis.queue("then")).containsExactly(then.id().value());
    }

    @Test
    void itRunsAtOnceWhenThereIsNothingToWaitFor() {
        kin.enqueue("a", job -> job.group("g"));
        get(kin.job("a").cancel());

        get(group.whenComplete("then", ECHO.request("")));
        get(jobs.group("nobody").whenComplete("then", ECHO.request("")));

        assertThat(redis.queue("then")).hasSize(2);
    }

    @Test
    void itMayWaitForTenThousandAndNoMore() {
        enqueue(10_000);

        JobHandle<String> then = get(group.whenComplete("then", ECHO.request("")));
        assertThat(kin.dependencies(then.id().value())).hasSize(10_000);
        kin.enqueue("one-more", job -> job.group("g"));
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> get(group.whenComplete("then", ECHO.request("", job -> job.id("after")))))
                .withMessage("job after was to wait for group g, which has too many jobs: they must be 10000 at most");
        IntStream.range(0, 100).forEach(i -> worker.claim(100, "q").forEach(claim -> worker.finish(claim, null)));

        assertThat(redis.queue("then")).hasSize(1);
    }

    @Test
    void jobsThatAreGoneAreForgottenAndSoIsAGroupWithoutJobs() {
        kin.enqueue("here", job -> job.group("g"));
        redis.commands().sadd(redis.key("groups"), "empty", "of-python", "strange");
        redis.commands().sadd(redis.key("group:of-python"), "x", "y");
        redis.commands().set(redis.key("group:strange"), "no set");
        for (int i = 0; i < 1200; i++) {
            redis.commands().sadd(redis.key("group:g"), "gone-" + i);
        }

        jobs.engine().groups().pruneAll().block(Eventually.DEADLINE);

        assertThat(group.ids().collectList().block()).containsExactly(JobId.of("here"));
        assertThat(redis.commands().smembers(redis.key("groups"))).containsExactly("g");
        assertThat(redis.keys()).doesNotContain("group:of-python");
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> jobs.group("a:b"));
    }

    /** Three that wait, one that runs, and one of each end. */
    private void oneOfEach() {
        for (String id : List.of("finished", "failed", "stopped", "running", "canceled", "gone", "queued")) {
            kin.enqueue(id, job -> job.group("g"));
        }
        get(kin.job("canceled").cancel());
        get(kin.job("gone").delete());
        kin.finish("finished");
        kin.fail("failed");
        kin.stop("stopped");
        kin.claim("running");
        kin.enqueue("deferred", job -> job.group("g").dependsOn(ids("queued")));
        kin.enqueue("scheduled", job -> job.group("g").delay(Duration.ofHours(1)));
    }

    private void enqueue(int count) {
        group.enqueueAll("q", Flux.range(0, count).map(i -> ECHO.request("", job -> job.id("j" + i))))
                .blockLast(Eventually.DEADLINE);
    }

    private void awaitListener() {
        Eventually.holds(() -> assertThat(listeners()).isEqualTo(1));
    }

    private long listeners() {
        String channel = redis.key("group-events:g");
        return redis.commands().pubsubNumsub(channel).get(channel);
    }
}
