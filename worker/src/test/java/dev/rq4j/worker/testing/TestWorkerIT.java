package dev.rq4j.worker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.worker.JobContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What users test their jobs with. Nothing in here waits. */
@ExtendWith(RedisExtension.class)
class TestWorkerIT {

    private static final Task<String, String> ACT = Task.of("tests.act", String.class, String.class);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final List<String> ran = new CopyOnWriteArrayList<>();
    private JobClient jobs;
    private RawRedis redis;
    private TestWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker =
                TestWorker.of(jobs, builder -> builder.queues("first", "second").handle(ACT, this::act));
    }

    private Mono<String> act(String act, JobContext job) {
        ran.add(act);
        return switch (act) {
            case "fail" -> Mono.error(new IllegalStateException("attempt " + job.attempt()));
            case "fail twice" ->
                job.attempt() < 3 ? Mono.error(new IllegalStateException("not yet")) : Mono.just("at last");
            case "hang" -> Mono.never();
            case "enqueue" -> jobs.queue("second").enqueue(ACT, "enqueued").thenReturn("done");
            case "snooze" -> ran.size() < 2 ? job.snooze(HOUR) : Mono.just("awake");
            default -> Mono.just(act);
        };
    }

    @Test
    void itRunsAJobAtOnceAndEmitsWhatItReturned() {
        assertThat(get(worker.enqueueAndRun("first", ACT, "x"))).isEqualTo("x");
        assertThat(get(worker.enqueueAndRun("first", ACT, "y", job -> job.resultTtl(Retention.none()))))
                .isEqualTo("y");
        StepVerifier.create(worker.enqueueAndRun("first", ACT, "fail"))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.JobFailed.class)
                        .hasMessageContaining("attempt 1"));
    }

    @Test
    void whatItEnqueuesSeesTheContextOfWhoAsksForIt() {
        List<Throwable> seen = new CopyOnWriteArrayList<>();
        BiFunction<Throwable, Object, Throwable> sees = (error, value) -> {
            seen.add(error);
            return error;
        };

        // Nothing of ours reads the context, but Reactor does, where something is thrown.
        StepVerifier.create(worker.enqueueAndRun("first", ACT, "x".repeat(2 << 20))
                        .contextWrite(context -> context.put("reactor.onOperatorError.local", sees)))
                .verifyError(JobException.TooLarge.class);

        assertThat(seen).hasOnlyElementsOfType(JobException.TooLarge.class).isNotEmpty();
    }

    @Test
    void aJobThatWaitsStillSaysSo() {
        StepVerifier.create(worker.enqueueAndRun("first", ACT, "x", job -> job.delay(HOUR)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                JobException.NotEnded.class,
                                waits -> assertThat(waits.status()).isEqualTo(JobStatus.SCHEDULED)));
        StepVerifier.create(worker.enqueueAndRun("unserved", ACT, "x")).verifyError(JobException.NotEnded.class);
        StepVerifier.create(worker.enqueueAndRun("first", ACT, "x", job -> job.id("same")))
                .expectNext("x")
                .verifyComplete();
        StepVerifier.create(worker.enqueueAndRun("first", ACT, "x", job -> job.id("same")))
                .verifyError(JobException.DuplicateJob.class);
    }

    @Test
    void itRunsTheJobThatExistsWhereTheRequestSaysSo() {
        Unique unique = Unique.untilEnded("report").ifTaken(IfExists.RETURN_EXISTING);
        enqueue("first", "a", job -> job.id("same"));
        enqueue("first", "b", job -> job.unique(unique).resultTtl(Retention.none()));

        assertThat(get(worker.enqueueAndRun(
                        "first", ACT, "c", job -> job.id("same").ifExists(IfExists.RETURN_EXISTING))))
                .isEqualTo("a");
        enqueue("first", "d", job -> job.unique(unique).resultTtl(Retention.none()));
        assertThat(get(worker.enqueueAndRun("first", ACT, "e", job -> job.unique(unique))))
                .isEqualTo("d");
        JobHandle<String> later =
                enqueue("first", "f", job -> job.unique(unique).delay(HOUR));
        StepVerifier.create(worker.enqueueAndRun("first", ACT, "g", job -> job.unique(unique)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                JobException.NotEnded.class,
                                waits -> assertThat(waits.job()).isEqualTo(later.id())));

        assertThat(ran).containsExactly("a", "b", "d");
    }

    @Test
    void whoAsksThroughAClosedClientIsToldSo() {
        JobClient closed = RedisExtension.connect(redis.prefix());
        TestWorker late =
                TestWorker.of(closed, builder -> builder.queues("first").handle(ACT, this::act));
        RedisExtension.close(closed);

        StepVerifier.create(late.enqueueAndRun("first", ACT, "x"))
                .expectError(JobException.Closed.class)
                .verify(DEADLINE);
    }

    @Test
    void drainRunsWhatWaitsAndWhatThatEnqueuesInOrder() {
        enqueue("second", "a");
        enqueue("first", "enqueue");
        enqueue("first", "b");

        assertThat(get(worker.drain())).isEqualTo(4);

        assertThat(ran).containsExactly("enqueue", "b", "a", "enqueued");
        assertThat(get(worker.drain())).isZero();
    }

    @Test
    void delayedJobsRunWhenTimeHasPassed() {
        JobHandle<String> delayed = enqueue("first", "delayed", job -> job.delay(HOUR));
        JobHandle<String> at =
                enqueue("first", "at", job -> job.at(Instant.now().plus(Duration.ofDays(400))));

        assertThat(get(worker.drain())).isZero();
        pass(Duration.ofMinutes(59));
        assertThat(get(worker.drain())).isZero();
        pass(Duration.ofMinutes(1));
        assertThat(get(worker.drain())).isEqualTo(1);
        assertThat(get(delayed.result())).isEqualTo("delayed");
        pass(Duration.ofDays(400));
        assertThat(get(worker.drain())).isEqualTo(1);

        assertThat(ran).containsExactly("delayed", "at");
        assertThat(get(at.result())).isEqualTo("at");
    }

    @Test
    void retriesNeedNoWaiting() {
        JobHandle<String> atOnce = enqueue("first", "fail twice", job -> job.retry(RetryPolicy.times(2)));
        assertThat(get(worker.drain())).isEqualTo(1);
        assertThat(get(atOnce.result())).isEqualTo("at last");

        ran.clear();
        JobHandle<String> later = enqueue(
                "first", "fail", job -> job.retry(RetryPolicy.times(2).exponential(Duration.ofSeconds(10), HOUR)));
        assertThat(get(worker.drain())).isZero();
        pass(Duration.ofSeconds(10));
        assertThat(get(worker.drain())).isZero();
        pass(Duration.ofSeconds(10));
        assertThat(get(worker.drain())).isZero();
        pass(Duration.ofSeconds(10));
        assertThat(get(worker.drain())).isEqualTo(1);

        assertThat(ran).hasSize(3);
        StepVerifier.create(later.result())
                .verifyErrorSatisfies(error -> assertThat(error).hasMessageContaining("attempt 3"));
    }

    @Test
    void repetitionsAndSnoozesNeedNoWaiting() {
        JobHandle<String> repeated =
                enqueue("first", "tick", job -> job.repeat(Repeat.times(2).every(HOUR)));
        get(worker.drain());
        pass(HOUR);
        get(worker.drain());
        pass(HOUR);
        assertThat(get(worker.drain())).isEqualTo(1);
        assertThat(ran).containsExactly("tick", "tick", "tick");
        assertThat(get(repeated.status())).isEqualTo(JobStatus.FINISHED);

        ran.clear();
        JobHandle<String> snoozed = enqueue("first", "snooze");
        assertThat(get(worker.drain())).isZero();
        pass(HOUR);
        assertThat(get(worker.drain())).isEqualTo(1);
        assertThat(get(snoozed.result())).isEqualTo("awake");
    }

    @Test
    void cronNeedsNoWaiting() {
        get(jobs.cron().put(CronEntry.of("hourly", Schedule.every(HOUR), "first", ACT.request("hourly"))));
        get(jobs.cron().put(CronEntry.of("daily", Schedule.cron("30 3 * * *"), "second", ACT.request("daily"))));

        get(worker.drain());
        assertThat(ran).containsExactly("hourly");
        pass(HOUR);
        get(worker.drain());
        assertThat(ran).filteredOn("hourly"::equals).hasSize(2);
        pass(Duration.ofDays(1));
        get(worker.drain());

        // The time of day of this test is any: the daily run may have come with the hour.
        assertThat(ran).filteredOn("hourly"::equals).hasSize(3);
        assertThat(ran).filteredOn("daily"::equals).hasSizeBetween(1, 2);
    }

    @Test
    void whatWaitsForTooLongExpires() {
        JobHandle<String> job = enqueue("first", "x", options -> options.ttl(HOUR));

        pass(HOUR);

        assertThat(get(worker.drain())).isZero();
        assertThat(ran).isEmpty();
        StepVerifier.create(job.snapshot()).verifyError(JobException.NoSuchJob.class);
    }

    @Test
    void ratesNeedNoWaiting() {
        RateLimit rate = RateLimit.rate("mails", 2, HOUR);
        for (String act : List.of("a", "b", "c", "d", "e")) {
            enqueue("first", act, job -> job.limit(rate));
        }

        assertThat(get(worker.drain())).isEqualTo(2);
        pass(HOUR);
        assertThat(get(worker.drain())).isEqualTo(2);
        pass(HOUR);
        assertThat(get(worker.drain())).isEqualTo(1);

        assertThat(ran).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void aRateIsFreeAgainWhenItsPeriodHasPassed() {
        RateLimit rate = RateLimit.rate("mails", 1, HOUR);
        get(worker.enqueueAndRun("first", ACT, "a", job -> job.limit(rate)));

        pass(HOUR);

        assertThat(get(worker.enqueueAndRun("first", ACT, "b", job -> job.limit(rate))))
                .isEqualTo("b");
    }

    @Test
    void whatIsNoLongerKeptIsGoneAndOffTheLists() {
        JobHandle<String> kept = enqueue("first", "kept", job -> job.resultTtl(Retention.forever()));
        JobHandle<String> brief = enqueue("first", "brief", job -> job.resultTtl(HOUR));
        JobHandle<String> failed = enqueue("first", "fail");
        get(worker.drain());

        pass(HOUR.plusSeconds(1));

        StepVerifier.create(brief.snapshot()).verifyError(JobException.NoSuchJob.class);
        assertThat(redis.keysOf(brief.id())).isEmpty();
        assertThat(get(kept.result())).isEqualTo("kept");
        assertThat(get(failed.status())).isEqualTo(JobStatus.FAILED);
        assertThat(redis.commands().zrange(redis.key("finished:first"), 0, -1))
                .containsExactly(kept.id().value());
    }

    @Test
    void aKeyThatIsTakenForATimeIsFreeWhenThatHasPassed() {
        Unique unique = Unique.within("report", HOUR);
        get(worker.enqueueAndRun("first", ACT, "a", job -> job.unique(unique)));
        StepVerifier.create(worker.enqueueAndRun("first", ACT, "b", job -> job.unique(unique)))
                .verifyError(JobException.DuplicateJob.class);

        pass(HOUR);

        assertThat(get(worker.enqueueAndRun("first", ACT, "c", job -> job.unique(unique))))
                .isEqualTo("c");
    }

    @Test
    void timeoutsGoByTheClockOfTheTest() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        TestWorker timed = TestWorker.of(
                jobs, builder -> builder.queues("first").handle(ACT, this::act).timeoutsOn(clock));
        JobHandle<String> job = enqueue("first", "hang", options -> options.timeout(HOUR));

        CompletableFuture<Long> drained = timed.drain().toFuture();
        Eventually.holds(() -> assertThat(ran).hasSize(1));
        clock.advanceTimeBy(HOUR);

        assertThat(get(Mono.fromFuture(drained))).isEqualTo(1);

        StepVerifier.create(job.result())
                .verifyErrorSatisfies(error -> assertThat(error).hasMessageContaining("JobTimedOut"));
    }

    @Test
    void timeDoesNotGoBackOrOnForEver() {
        StepVerifier.create(worker.advance(HOUR.negated())).verifyError(JobException.Invalid.class);
        StepVerifier.create(worker.advance(Duration.ofDays(3651))).verifyError(JobException.Invalid.class);
    }

    private JobHandle<String> enqueue(String queue, String act) {
        return enqueue(queue, act, job -> {});
    }

    private JobHandle<String> enqueue(String queue, String act, Consumer<JobOptions.Builder> options) {
        return get(jobs.queue(queue).enqueue(ACT, act, options));
    }

    private void pass(Duration time) {
        worker.advance(time).block(DEADLINE);
    }

    private static <T> T get(Mono<T> mono) {
        T value = mono.block(DEADLINE);
        if (value == null) {
            throw new AssertionError("nothing came");
        }
        return value;
    }
}
