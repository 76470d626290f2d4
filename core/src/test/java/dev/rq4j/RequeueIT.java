package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RequeueFilter;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import io.lettuce.core.XAddArgs;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Jobs that did not end well and are to run once more. */
@ExtendWith(RedisExtension.class)
class RequeueIT {

    private static final Task<String, String> OTHER = Task.of("tests.other", String.class, String.class);

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;
    private JobQueue queue;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
        this.queue = jobs.queue("q");
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "stopped", "canceled"})
    void aJobThatDidNotEndWellRunsOnceMore(String status) {
        JobHandle<String> job = kin.enqueue("a");
        kin.enqueue("other");
        switch (status) {
            case "failed" -> kin.fail("a");
            case "stopped" -> kin.stop("a");
            default -> get(job.cancel());
        }

        job.requeue().block();

        assertThat(kin.queued()).containsExactly("other", "a");
        assertThat(redis.ttl("job:a")).isEqualTo(-1);
        assertThat(redis.keys()).doesNotContain("failed:q", "canceled:q");
        assertThat(redis.job(job.id())).containsEntry("status", "queued").containsEntry("ended_at", "");
        kin.finish("other");
        kin.finish("a", "at last");
        assertThat(get(job.result())).isEqualTo("at last");
    }

    @Test
    void itGoesToTheFrontIfThatIsAskedFor() {
        JobHandle<String> job = kin.enqueue("a");
        kin.fail("a");
        kin.enqueue("other");

        job.requeue(true).block();

        assertThat(kin.queued()).containsExactly("a", "other");
    }

    @Test
    void itHasAllItsRetriesAgainAndItsHistory() {
        JobHandle<String> job = kin.enqueue("a", options -> options.retry(RetryPolicy.times(1)));
        kin.fail("a");
        kin.fail("a");
        assertThat(get(job.status())).isEqualTo(JobStatus.FAILED);

        job.requeue().block();
        kin.fail("a");
        kin.finish("a");

        assertThat(redis.history(job.id()))
                .extracting(entry -> entry.get("type"))
                .containsExactly("2", "2", "2", "1");
    }

    @Test
    void itHoldsItsUniqueKeyAgainAndIsRefusedWhileAnotherDoes() {
        kin.enqueue("a", options -> options.unique(Unique.untilEnded("k")));
        kin.fail("a");
        kin.job("a").requeue().block();

        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> kin.enqueue("b", options -> options.unique(Unique.untilEnded("k"))));
        kin.fail("a");
        kin.enqueue("b", options -> options.unique(Unique.untilEnded("k")));
        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> kin.job("a").requeue().block())
                .satisfies(error -> assertThat(error.job().value()).isEqualTo("b"));
        assertThat(kin.status("a")).isEqualTo(JobStatus.FAILED);
        kin.finish("b");
        kin.job("a").requeue().block();
        kin.finish("a");

        assertThat(redis.keys()).noneMatch(key -> key.startsWith("unique:"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobThatPythonEndedOrDeletedKeepsItFromItsUniqueKeyNoMore(boolean deleted) {
        kin.enqueue("a", options -> options.unique(Unique.untilEnded("k")));
        kin.fail("a");
        kin.enqueue("b", options -> options.unique(Unique.untilEnded("k")));
        redis.commands().del(redis.key("queue:q"));
        if (deleted) {
            redis.commands().del(redis.key("job:b"));
        } else {
            redis.commands().hset(redis.key("job:b"), "status", "finished");
        }

        kin.job("a").requeue().block();

        assertThat(get(jobs.unique("k").holder())).isEqualTo(JobId.of("a"));
    }

    @Test
    void aJobThatHasEndedKeepsItFromAKeyThatWasTakenForATime() {
        kin.enqueue("a", options -> options.unique(Unique.untilEnded("k")));
        kin.fail("a");
        kin.enqueue("b", options -> options.unique(Unique.within("k", Duration.ofHours(1))));
        kin.finish("b");

        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> kin.job("a").requeue().block())
                .satisfies(error -> assertThat(error.job().value()).isEqualTo("b"));
    }

    @Test
    void itDoesNotExpireOnceMore() {
        kin.enqueue("a", options -> options.ttl(Duration.ofSeconds(1)));
        get(kin.job("a").cancel());
        redis.commands().hset(redis.key("job:a"), "expires_at", "1000.000");

        kin.job("a").requeue().block();

        kin.finish("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"queued", "started", "finished"})
    void aJobInAnotherStatusIsLeftAlone(String status) {
        JobHandle<String> job = kin.enqueue("a");
        ClaimedJob claim = status.equals("queued") ? null : kin.claim("a");
        if (status.equals("finished")) {
            worker.finish(claim, "x");
        }
        Map<String, String> before = redis.job(job.id());

        assertThatExceptionOfType(JobException.WrongStatus.class)
                .isThrownBy(() -> job.requeue().block())
                .withMessage("to be queued again, job a must be failed, stopped or canceled, but is " + status)
                .satisfies(error -> assertThat(error.found().wireName()).isEqualTo(status));

        assertThat(redis.job(job.id())).isEqualTo(before);
    }

    @Test
    void aJobThatIsNotThereIsToldOf() {
        assertThatExceptionOfType(JobException.NoSuchJob.class)
                .isThrownBy(() -> kin.job("nobody").requeue().block());
        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void aRequestWhoseAnswerIsLostHasBeenCarriedOut() {
        TcpProxy proxy = new TcpProxy(RedisExtension.uri());
        JobClient lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        try {
            kin.enqueue("warm");
            kin.fail("warm");
            lossy.job(JobId.of("warm"), String.class).requeue().block();
            kin.finish("warm");
            kin.enqueue("a");
            kin.fail("a");
            proxy.swallowAnswers(1);

            lossy.job(JobId.of("a"), String.class).requeue().block();

            assertThat(proxy.swallowed()).isEqualTo(1);
            assertThat(kin.queued()).containsExactly("a");
        } finally {
            RedisExtension.close(lossy);
            proxy.close();
        }
    }

    @Test
    void aCanceledJobWaitsAgainForThoseThatAreYetToEnd() {
        kin.enqueue("ended");
        kin.finish("ended");
        kin.enqueue("parent");
        kin.enqueue("child", job -> job.dependsOn(ids("ended", "parent")));
        get(kin.job("child").cancel());

        kin.job("child").requeue().block();
        assertThat(kin.status("child")).isEqualTo(JobStatus.DEFERRED);
        kin.finish("parent");

        assertThat(kin.queued()).containsExactly("child");
    }

    @Test
    void aCanceledJobWaitsAgainForAllItsParentsHoweverManyTheseWaitFor() {
        JobId[] far = enqueued("far", 110);
        JobId[] parents = enqueued("parent", 110, far);
        kin.enqueue("child", job -> job.dependsOn(parents));
        get(kin.job("child").cancel());

        kin.job("child").requeue().block();

        assertThat(kin.dependencies("child")).hasSize(110);
    }

    @Test
    void aCanceledJobThatManyWaitForWaitsAgain() {
        kin.enqueue("far");
        kin.enqueue("parent", job -> job.dependsOn(ids("far")));
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));
        get(kin.job("child").cancel());
        String[] many =
                IntStream.rangeClosed(0, 10_000).mapToObj(i -> "many" + i).toArray(String[]::new);
        redis.commands().sadd(redis.key("job:child:dependents"), many);

        kin.job("child").requeue().block();

        assertThat(kin.dependencies("child")).containsExactly("parent");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10_000})
    void aCanceledJobDoesNotWaitForThoseThatHaveComeToWaitForIt(int others) {
        JobId[] parents = enqueued("parent", 2);
        kin.enqueue("child", job -> job.dependsOn(parents));
        get(kin.job("child").cancel());
        kin.enqueue("between", job -> job.dependsOn(ids("child")));
        for (JobId parent : parents) {
            kin.enqueue(parent.value(), job -> job.dependsOn(ids("between")).ifExists(JobOptions.IfExists.REPLACE));
        }
        String[] followers = IntStream.rangeClosed(0, others)
                .mapToObj(i -> i == 0 ? "between" : "other" + i)
                .toArray(String[]::new);
        redis.commands().sadd(redis.key("job:child:dependents"), followers);

        kin.job("child").requeue().block();

        assertThat(kin.queued()).containsExactly("child");
    }

    @Test
    void allThatFailedRunOnceMoreAndNoOthers() {
        enqueueAll(1234);
        IntStream.range(0, 13).forEach(i -> worker.claim(100, "q").forEach(claim -> worker.fail(claim, "broken")));
        kin.enqueue("stopped");
        kin.stop("stopped");
        kin.enqueue("canceled");
        get(kin.job("canceled").cancel());
        redis.commands().zadd(redis.key("failed:q"), redis.now() + 90, "gone");

        assertThat(get(queue.requeueFailed())).isEqualTo(1234);

        assertThat(kin.queued()).hasSize(1234).doesNotHaveDuplicates();
        assertThat(get(queue.requeueFailed())).isZero();
        assertThat(kin.status("stopped")).isEqualTo(JobStatus.STOPPED);
    }

    @Test
    void jobsOfATaskAreChosen() {
        kin.enqueue("echo");
        get(queue.enqueue(OTHER, "x", job -> job.id("other")));
        get(queue.enqueue(OTHER, "y".repeat(5000), job -> job.id("compressed")));
        worker.claim(3, "q").forEach(claim -> worker.fail(claim, "broken"));

        assertThat(get(queue.requeueFailed(RequeueFilter.all().ofTask(OTHER)))).isEqualTo(2);

        assertThat(kin.queued()).containsExactlyInAnyOrder("other", "compressed");
    }

    @Test
    void jobsAreChosenByTheErrorWhetherJavaOrPythonRecordedIt() {
        failWith("io", ErrorText.of(new IOException("disk")));
        failWith("state", ErrorText.of(new IllegalStateException("disk", new IOException("deeper"))));
        failWith("python", "Traceback (most recent call last):\n  File \"x.py\", line 1\nrequests.Timeout: 3 s\n");
        failWith("value", "Traceback (most recent call last):\n  File \"x.py\", line 1\nValueError\n");

        assertThat(get(queue.requeueFailed(RequeueFilter.all().failedWith(IOException.class))))
                .isEqualTo(1);
        assertThat(kin.queued()).containsExactly("io");
        assertThat(get(queue.requeueFailed(RequeueFilter.all().failedWith("Timeout"))))
                .isEqualTo(1);
        assertThat(get(queue.requeueFailed(RequeueFilter.all().failedWith("ValueError"))))
                .isEqualTo(1);
        assertThat(kin.queued()).containsExactly("io", "python", "value");
        assertThat(get(queue.requeueFailed(RequeueFilter.all().failedWith("Exception"))))
                .isZero();
    }

    @Test
    void jobsAreChosenByHowLongAgoTheyFailed() {
        failWith("old", "broken");
        failWith("new", "broken");
        redis.commands().del(redis.key("results:old"));
        redis.commands()
                .xadd(
                        redis.key("results:old"),
                        new XAddArgs().id((long) (redis.now() - 3600) * 1000 + "-0"),
                        Map.of("type", "2"));

        Duration halfAnHour = Duration.ofMinutes(30);
        assertThat(get(queue.requeueFailed(RequeueFilter.all().newerThan(halfAnHour))))
                .isEqualTo(1);
        assertThat(kin.queued()).containsExactly("new");
        assertThat(get(queue.requeueFailed(RequeueFilter.all().olderThan(halfAnHour))))
                .isEqualTo(1);
        assertThat(kin.queued()).containsExactly("new", "old");
    }

    @Test
    void soManyAreChosenAsWereAskedForAndGoToTheFront() {
        enqueueAll(250);
        IntStream.range(0, 3).forEach(i -> worker.claim(100, "q").forEach(claim -> worker.fail(claim, "broken")));
        kin.enqueue("other");

        assertThat(get(queue.requeueFailed(RequeueFilter.all().atMost(120).atFront())))
                .isEqualTo(120);

        assertThat(kin.queued()).hasSize(121).endsWith("other");
        assertThat(get(queue.failed().count())).isEqualTo(130);
        assertThat(get(queue.requeueFailed(RequeueFilter.all().atMost(0)))).isZero();
    }

    @Test
    void theyAreQueuedAtTheRateThatWasAskedFor() {
        enqueueAll(30);
        worker.claim(100, "q").forEach(claim -> worker.fail(claim, "broken"));
        long began = System.nanoTime();

        assertThat(get(queue.requeueFailed(RequeueFilter.all().perSecond(50)))).isEqualTo(30);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(590));
    }

    @Test
    void aJobThatFailsAgainMeanwhileIsNotQueuedForEver() {
        enqueueAll(150);
        IntStream.range(0, 2).forEach(i -> worker.claim(100, "q").forEach(claim -> worker.fail(claim, "broken")));

        Flux<Long> failing = Flux.interval(Duration.ofMillis(5), Schedulers.boundedElastic())
                .onBackpressureDrop()
                .doOnNext(i -> worker.claim(100, "q").forEach(claim -> worker.fail(claim, "broken")));
        Long queued = Flux.merge(queue.requeueFailed(RequeueFilter.all().perSecond(1000)), failing.ignoreElements())
                .blockFirst(Eventually.DEADLINE);

        assertThat(queued).isEqualTo(150);
    }

    private void failWith(String id, String trace) {
        kin.enqueue(id);
        worker.fail(kin.claim(id), trace);
    }

    /** Enqueues so many jobs that depend on these. */
    private JobId[] enqueued(String name, int count, JobId... parents) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        kin.enqueue(name + i, job -> job.dependsOn(parents)).id())
                .toArray(JobId[]::new);
    }

    private void enqueueAll(int count) {
        queue.enqueueAll(Flux.range(0, count).map(i -> ECHO.request("", job -> job.id("j" + i))))
                .blockLast(Eventually.DEADLINE);
    }
}
