package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keys of which so many jobs run at a time, or start in a while. */
class LimitsIT extends Scene {

    private static final Duration PERIOD = Duration.ofMillis(500);

    private final List<JobId> started = new CopyOnWriteArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @Test
    void soManyRunAtATimeAndTheNextComesAtOnce() {
        run(recorder());
        run(recorder());

        List<JobId> ids = enqueue(20, RateLimit.concurrency("partner", 3));

        awaitFinished(ids);
        assertThat(most).hasValue(3);
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("rl"));
    }

    @Test
    void oneAtATimeIsFirstComeFirstServed() {
        run(recorder());

        List<JobId> ids = enqueue(12, RateLimit.concurrency("alone", 1));

        awaitFinished(ids);
        assertThat(started).containsExactlyElementsOf(ids);
    }

    @Test
    void whoFailsOrIsCanceledMakesRoom() {
        List<JobHandle<String>> jobs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            jobs.add(enqueue("fail", options -> options.limit(RateLimit.concurrency("shaky", 1))));
        }
        assertThat(get(jobs.get(1).cancel())).isTrue();

        drain(worker(this.jobs).handle(ACT, input -> Mono.error(new IllegalStateException(input))));

        assertThat(status(jobs.get(0).id())).isEqualTo("failed");
        assertThat(status(jobs.get(1).id())).isEqualTo("canceled");
        assertThat(status(jobs.get(3).id())).isEqualTo("failed");
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("rl"));
    }

    @Test
    void aJobThatWaitsForItsRetryHoldsNoRoom() {
        JobHandle<String> failing = enqueue(
                "fail",
                options -> options.limit(RateLimit.concurrency("key", 1))
                        .retry(RetryPolicy.times(1).fixed(Duration.ofHours(1))));
        JobHandle<String> next = enqueue("x", options -> options.limit(RateLimit.concurrency("key", 1)));

        drain(worker(jobs).handle(ACT, input -> input.equals("x") ? Mono.just("x") : Mono.error(new Exception("no"))));

        assertThat(status(failing.id())).isEqualTo("scheduled");
        assertThat(status(next.id())).isEqualTo("finished");
    }

    @Test
    void soManyStartInAWhileInTheirOrder() {
        run(recorder());
        run(recorder());

        List<JobId> ids = enqueue(12, RateLimit.rate("gateway", 4, PERIOD));

        awaitFinished(ids);
        // Two workers tell of their starts each by itself: the order is that of Redis.
        List<Double> starts = startsByRedis(ids);
        for (int i = 4; i < starts.size(); i++) {
            assertThat(starts.get(i) - starts.get(i - 4))
                    .as("start %d after start %d", i, i - 4)
                    .isGreaterThanOrEqualTo(PERIOD.toMillis() / 1000.0 - 0.001);
        }
        Eventually.holds(() -> assertThat(redis.keys()).noneMatch(key -> key.startsWith("rate:gateway:")));
    }

    @Test
    void othersAreNotHeldUpByAKeyThatIsOver() {
        List<JobId> limited = enqueue(3, RateLimit.rate("slow", 1, Duration.ofHours(1)));
        JobHandle<String> free = enqueue("free");

        drain(recorder());

        assertThat(status(free.id())).isEqualTo("finished");
        assertThat(status(limited.get(0))).isEqualTo("finished");
        assertThat(status(limited.get(1))).isEqualTo("rate_limited");
        assertThat(get(jobs.job(limited.get(1), ACT).cancel())).isTrue();
        assertThat(redis.commands().zrange(redis.key("rate:slow:waiting"), 0, -1))
                .containsExactly(limited.get(2).value());
    }

    @Test
    void aQueueThatWasPausedForLongStartsThemInTheirOrder() {
        get(jobs.queue(QUEUE).pause().thenReturn(true));
        run(recorder());
        List<JobId> ids = enqueue(10, RateLimit.rate("paused", 1, Duration.ofMillis(50)));
        get(jobs.queue(QUEUE).resume().thenReturn(true));
        Eventually.holds(() -> assertThat(started).hasSizeGreaterThan(1));

        // A turn is free after 50 ms and nobody takes it: that is seen, and looked at again a second later.
        get(jobs.queue(QUEUE).pause().thenReturn(true));
        double pausedAt = Instant.now().toEpochMilli() / 1000.0;
        Eventually.holds(() -> assertThat(redis.commands().zscore(redis.key("rates"), "paused"))
                .isGreaterThan(pausedAt + 0.9));
        assertThat(redis.queue(QUEUE)).hasSize(1);
        get(jobs.queue(QUEUE).resume().thenReturn(true));

        awaitFinished(ids);
        assertThat(started).containsExactlyElementsOf(ids);
    }

    @Test
    void aPausedQueueHoldsUpNoOtherOfTheSameKey() {
        RateLimit limit = RateLimit.rate("shared", 1, Duration.ofMillis(50));
        JobQueue other = jobs.queue("other");
        run(recorder().queues(QUEUE, "other"));
        awaitFinished(enqueue(1, limit));
        get(jobs.queue(QUEUE).pause().thenReturn(true));
        List<JobId> held = enqueue(3, limit);

        List<JobId> free =
                get(other.enqueueAll(Flux.range(0, 3).map(i -> ACT.request("x", options -> options.limit(limit))))
                        .<JobId>map(JobHandle::id)
                        .collectList());

        awaitFinished(free);
        get(jobs.queue(QUEUE).resume().thenReturn(true));
        awaitFinished(held);
    }

    @Test
    void whoIsGivenBackUnrunUsesUpNoStart() {
        List<JobId> ids = enqueue(2, RateLimit.rate("rare", 1, Duration.ofHours(1)));
        Task<String, String> unknown = Task.of("unknown", String.class, String.class);

        drain(worker(jobs).unknownTask(UnknownTask.LEAVE).handle(unknown, Mono::just));
        drain(recorder());

        assertThat(started).containsExactly(ids.get(0));
        assertThat(status(ids.get(1))).isEqualTo("rate_limited");
    }

    @Test
    void whoWaitsForAStartTakesUpNoRoom() {
        RateLimit room = RateLimit.concurrency("room", 1);
        RateLimit rate = RateLimit.rate("rare", 1, Duration.ofHours(1));
        JobHandle<String> first = enqueue("x", options -> options.limit(room).limit(rate));
        JobHandle<String> second = enqueue("x", options -> options.limit(room).limit(rate));
        JobHandle<String> third = enqueue("x", options -> options.limit(room));

        drain(recorder());

        assertThat(status(first.id())).isEqualTo("finished");
        assertThat(status(second.id())).isEqualTo("rate_limited");
        assertThat(status(third.id())).isEqualTo("finished");
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("rl"));
    }

    @Test
    void aJobWithBothLimitsWaitsForRoomWhenItsTurnHasCome() {
        RateLimit room = RateLimit.concurrency("room", 1);
        run(recorder());
        List<JobId> ids = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, 8)
                        .map(i -> ACT.request("x", options -> {
                            options.limit(room);
                            if (i % 2 == 1) {
                                options.limit(RateLimit.rate("often", 1, Duration.ofMillis(30)));
                            }
                        })))
                .<JobId>map(JobHandle::id)
                .collectList());
        for (int i = 0; i < 10; i++) {
            get(jobs.engine().times().vacate().thenReturn(true));
        }

        awaitFinished(ids);
        assertThat(most).hasValue(1);
    }

    @Test
    void aJobMayHaveBothLimits() {
        run(recorder());

        List<JobId> ids = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, 6)
                        .map(i -> ACT.request(
                                "x",
                                options -> options.limit(RateLimit.concurrency("both", 2))
                                        .limit(RateLimit.rate("both", 3, PERIOD)))))
                .<JobId>map(JobHandle::id)
                .collectList());

        awaitFinished(ids);
        assertThat(most.get()).isLessThanOrEqualTo(2);
    }

    private WorkerBuilder recorder() {
        return worker(jobs).handle(ACT, (input, job) -> {
            started.add(job.id());
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            return Mono.delay(Duration.ofMillis(5))
                    // Before anybody is told of the end: the next starts as soon as that has been written.
                    .doOnTerminate(running::decrementAndGet)
                    .thenReturn(input);
        });
    }

    private List<JobId> enqueue(int count, RateLimit limit) {
        return get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, count).map(i -> ACT.request("x", options -> options.limit(limit))))
                .<JobId>map(JobHandle::id)
                .collectList());
    }

    private void awaitFinished(List<JobId> ids) {
        Eventually.holds(
                () -> assertThat(ids).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished")));
    }

    /** Returns when the jobs started by the clock of Redis, in seconds of an hour, in the order of their enqueueing. */
    private List<Double> startsByRedis(List<JobId> ids) {
        List<Double> starts = ids.stream()
                .map(id -> redis.job(id).get("started_at"))
                .map(shown -> Instant.parse(shown).toEpochMilli() / 1000.0)
                .toList();
        assertThat(starts).isSorted();
        return starts;
    }
}
