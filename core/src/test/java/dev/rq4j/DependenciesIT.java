package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Jobs that wait for others which end well. */
@ExtendWith(RedisExtension.class)
class DependenciesIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
    }

    @Test
    void aJobIsQueuedWhenTheOneItWaitsForHasFinished() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));

        assertThat(kin.status("child")).isEqualTo(JobStatus.DEFERRED);
        assertThat(redis.score("deferred:q", "child")).isNotNull();
        assertThat(get(kin.job("child").snapshot()).dependencies()).containsExactly(JobId.of("parent"));
        kin.finish("parent");

        assertThat(kin.queued()).containsExactly("child");
        assertThat(kin.status("child")).isEqualTo(JobStatus.QUEUED);
        kin.finish("child");
        assertThat(kin.traces("job:parent", "job:child", "results:")).isEmpty();
    }

    @Test
    void itWaitsForAllOfThemInWhateverOrderTheyEnd() {
        List.of("a", "b", "c").forEach(kin::enqueue);
        kin.enqueue("child", job -> job.dependsOn(ids("a", "b", "c")));

        kin.finish("a");
        ClaimedJob b = kin.claim("b");
        kin.finish("c");
        assertThat(kin.status("child")).isEqualTo(JobStatus.DEFERRED);
        worker.finish(b, "done");

        assertThat(kin.queued()).containsExactly("child");
    }

    @Test
    void theyMayBeInOtherQueues() {
        kin.enqueueTo("far", "parent", job -> {});
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));

        worker.finish(worker.claimOne("far"), "done");

        assertThat(kin.queued()).containsExactly("child");
    }

    @Test
    void itGoesToTheFrontIfThatWasAskedFor() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(Dependency.on(ids("parent")).atFront()));
        kin.enqueue("other");

        kin.finish("parent");

        assertThat(kin.queued()).containsExactly("child", "other");
    }

    @Test
    void itWaitsForItsTimeAsWell() {
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("parent")).delay(Duration.ofHours(1)));

        kin.finish("parent");

        assertThat(kin.status("child")).isEqualTo(JobStatus.SCHEDULED);
        assertThat(redis.score("scheduled:q", "child")).isGreaterThan(redis.now() + 3500);
    }

    @Test
    void itWaitsForTheLastRetryAndTheLastRun() {
        kin.enqueue("parent", job -> job.retry(RetryPolicy.times(1)).repeat(Repeat.times(1)));
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));

        kin.fail("parent");
        assertThat(kin.status("child")).isEqualTo(JobStatus.DEFERRED);
        kin.finish("parent");
        assertThat(kin.status("child")).isEqualTo(JobStatus.DEFERRED);
        kin.finish("parent");

        assertThat(kin.status("child")).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void ofThoseThatHaveFinishedAlreadyNoneIsWaitedFor() {
        kin.enqueue("ended");
        kin.finish("ended");
        kin.enqueue("at-once", job -> job.dependsOn(ids("ended")));
        kin.enqueue("later", job -> job.dependsOn(ids("ended", "at-once")));

        assertThat(kin.queued()).containsExactly("at-once");
        assertThat(kin.dependencies("later")).containsExactly("at-once");
        kin.finish("at-once");
        assertThat(kin.queued()).containsExactly("later");
    }

    @Test
    void aJobThatIsNotThereCannotBeWaitedForAndNothingIsWritten() {
        assertThatExceptionOfType(JobException.NoSuchDependency.class)
                .isThrownBy(() -> kin.enqueue(
                        "child", job -> job.dependsOn(ids("nobody")).group("g").onSuccess(ECHO.request("callback"))))
                .satisfies(refused -> {
                    assertThat(refused.job()).isEqualTo(JobId.of("child"));
                    assertThat(refused.dependency()).isEqualTo(JobId.of("nobody"));
                });

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void aCallbackThatCannotBeIsRefusedWithItsJobAndNothingIsWritten() {
        assertThatExceptionOfType(JobException.NoSuchDependency.class)
                .isThrownBy(() -> kin.enqueue(
                        "parent",
                        job -> job.onSuccess(ECHO.request("callback", callback -> callback.dependsOn(ids("nobody"))))))
                .satisfies(refused -> assertThat(refused.dependency()).isEqualTo(JobId.of("nobody")));

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void aJobCannotWaitForItself() {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> kin.enqueue("a", job -> job.dependsOn(ids("a"))))
                .withMessage("job a depends on itself");
    }

    @Test
    void thoseWhoWaitForAReplacedJobWaitForTheNewOne() {
        kin.enqueue("parent", job -> job.ttl(Duration.ofSeconds(60)));
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));
        kin.enqueue("parent", job -> job.ifExists(IfExists.REPLACE));

        assertThat(redis.ttl("job:parent:dependents")).isEqualTo(-1);
        kin.finish("parent");

        assertThat(kin.queued()).containsExactly("child");
    }

    @Test
    void jobsOfOneBatchMayWaitForThoseBeforeThem() {
        jobs.queue("q")
                .enqueueAll(Flux.just(
                        ECHO.request("", job -> job.id("a")),
                        ECHO.request("", job -> job.id("b").dependsOn(ids("a"))),
                        ECHO.request("", job -> job.id("c").dependsOn(ids("b", "a")))))
                .blockLast(Eventually.DEADLINE);

        kin.finish("a");
        kin.finish("b");
        kin.finish("c");
    }

    @Test
    void jobsOfOneBatchThatWaitForEachOtherAreRefusedBeforeAnythingIsWritten() {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> jobs.queue("q")
                        .enqueueAll(Flux.just(
                                ECHO.request("first"),
                                ECHO.request("", job -> job.id("a").dependsOn(ids("b"))),
                                ECHO.request("", job -> job.id("b").dependsOn(ids("a")))))
                        .blockLast(Eventually.DEADLINE))
                .withMessage("jobs of one batch wait for each other: a waits for b waits for a");

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void thousandsWhoWaitForOneJobAreToldInSeveralSteps() {
        int many = 2000;
        kin.enqueue("parent", job -> job.resultTtl(Duration.ZERO));
        jobs.queue("q")
                .enqueueAll(Flux.range(0, many).map(i -> ECHO.requestFromResultOf(JobId.of("parent"))))
                .blockLast(Eventually.DEADLINE);
        assertThat(kin.dependents("parent")).hasSize(many);

        kin.finish("parent", "the value");
        assertThat(kin.queued()).hasSizeBetween(500, 1500);
        assertThat(redis.keys()).contains("resolving").doesNotContain("job:parent");
        kin.tend();
        kin.tellTheRest();

        assertThat(kin.queued()).hasSize(many).doesNotHaveDuplicates();
        assertThat(redis.keys()).doesNotContain("resolving", "deferred:q", "job:parent:dependents");
        List<ClaimedJob> claims = IntStream.range(0, 20)
                .mapToObj(i -> worker.claim(100, "q"))
                .flatMap(List::stream)
                .toList();
        assertThat(claims)
                .hasSize(many)
                .allSatisfy(claim -> assertThat(claim.input()).isEqualTo("\"the value\"".getBytes(UTF_8)));
    }

    @Test
    void manyThatWaitForManyAreQueuedOnceEach() {
        List<JobId> parents =
                IntStream.range(0, 30).mapToObj(i -> JobId.of("p" + i)).toList();
        parents.forEach(id -> kin.enqueue(id.value()));
        IntStream.range(0, 60).forEach(i -> kin.enqueue("c" + i, job -> job.dependsOn(Dependency.on(parents))));

        parents.forEach(id -> kin.finish(id.value()));
        kin.tellTheRest();

        assertThat(kin.queued()).hasSize(60).doesNotHaveDuplicates();
        assertThat(kin.traces("job:", "results:")).isEmpty();
    }
}
