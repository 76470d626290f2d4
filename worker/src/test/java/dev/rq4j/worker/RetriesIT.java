package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import dev.rq4j.worker.RunEnd.How;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Jobs that run again: after a failure, or because their handler says so. */
class RetriesIT extends Scene {

    private static final RetryPolicy TWICE = RetryPolicy.times(2);
    private static final Duration HOUR = Duration.ofHours(1);

    private final List<Integer> attempts = new CopyOnWriteArrayList<>();

    /** An error of a kind that only an interface tells. */
    static final class Torn extends RuntimeException implements Closeable {
        @Override
        public void close() {}
    }

    @Test
    void aJobThatFailsIsTriedAgainAndKnowsWhichAttemptItIs() {
        JobHandle<String> job = enqueue("x", options -> options.retry(TWICE));

        assertThat(drain(worker(jobs).handle(ACT, (act, context) -> {
                    attempts.add(context.attempt());
                    return context.attempt() < 3 ? Mono.error(new IOException("not yet")) : Mono.just("at last");
                })))
                .isEqualTo(1);

        assertThat(get(job.result())).isEqualTo("at last");
        assertThat(attempts).containsExactly(1, 2, 3);
        assertThat(redis.history(job.id()))
                .extracting(entry -> entry.get("type"))
                .containsExactly("2", "2", "1");
    }

    @Test
    void itHasFailedWhenItsRetriesAreUsedUp() {
        JobHandle<String> job = enqueue("fail", options -> options.retry(TWICE));

        assertThat(drain(worker())).isEqualTo(1);

        assertThat(script.started()).hasSize(3);
        assertThat(trace(job)).startsWith("java.io.IOException: broken on purpose");
        assertThat(status(job.id())).isEqualTo("failed");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void onlyErrorsThatThePolicyIsForAreRetried(RetryPolicy policy, Throwable error, int runs) {
        enqueue("x", options -> options.retry(policy));

        drain(worker(jobs).handle(ACT, (act, context) -> {
            attempts.add(context.attempt());
            if (error instanceof Error fatal) {
                throw fatal;
            }
            return Mono.error(error);
        }));

        assertThat(attempts).hasSize(runs);
    }

    static Stream<Arguments> policies() {
        RetryPolicy once = RetryPolicy.times(1);
        return Stream.of(
                Arguments.of(once, new IOException(), 2),
                Arguments.of(once.onlyFor(IOException.class), new IOException(), 2),
                Arguments.of(once.onlyFor(Exception.class), new IOException(), 2),
                Arguments.of(once.onlyFor(Closeable.class), new Torn(), 2),
                Arguments.of(once.onlyFor(AutoCloseable.class), new Torn(), 2),
                Arguments.of(once.onlyFor(IOException.class), new UncheckedIOException(new IOException()), 1),
                Arguments.of(once.neverFor(IOException.class), new IOException(), 1),
                Arguments.of(once.neverFor(Throwable.class).onlyFor(IOException.class), new IOException(), 1),
                Arguments.of(once.neverFor(IOException.class), new Torn(), 2),
                Arguments.of(once.neverFor(LinkageError.class), new NoClassDefFoundError(), 1),
                Arguments.of(once.onlyFor(LinkageError.class), new NoClassDefFoundError(), 2));
    }

    @Test
    void timeoutsUnknownTasksAndUnreadablePayloadsAreFailuresLikeOthers() {
        JobHandle<String> late =
                enqueue(HANG, options -> options.timeout(Duration.ofSeconds(1)).retry(TWICE));
        JobHandle<?> stranger = get(jobs.queue(QUEUE)
                .enqueue(Task.of("tests.stranger", String.class, String.class), "x", options -> options.retry(TWICE)));
        JobHandle<String> unreadable = enqueue("x", options -> options.retry(TWICE));
        redis.commands().hset(redis.key("job:" + unreadable.id()), "data", "garbage");
        JobHandle<String> notForIt = enqueue(
                HANG,
                options ->
                        options.timeout(Duration.ofSeconds(1)).retry(TWICE.neverFor(JobException.JobTimedOut.class)));

        assertThat(drain(worker())).isEqualTo(4);

        for (JobHandle<?> job : List.of(late, stranger, unreadable)) {
            assertThat(redis.history(job.id())).hasSize(3);
        }
        assertThat(redis.history(notForIt.id())).hasSize(1);
        assertThat(trace(late)).contains("JobTimedOut");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHandlerCanAskForAnotherAttempt(boolean blocking) {
        JobHandle<String> job = enqueue("x");
        try (Logs logs = new Logs()) {
            drain(asking(blocking, 2));

            assertThat(get(job.result())).isEqualTo("done");
            assertThat(attempts).containsExactly(1, 2, 3);
            assertThat(redis.history(job.id()))
                    .extracting(entry -> entry.get("type"))
                    .containsExactly("4", "4", "1");
            assertThat(logs.about(job.id()))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .noneMatch(line -> line.contains("fail") || line.contains("lost"));
        }
    }

    @Test
    void aHandlerThatAsksTooOftenFailsItsJob() {
        JobHandle<String> job = enqueue("x");

        assertThat(drain(asking(false, 3))).isEqualTo(1);

        assertThat(attempts).containsExactly(1, 2, 3);
        assertThat(trace(job)).contains("asked for another attempt; it may ask 2 times");
        assertThat(redis.history(job.id()))
                .extracting(entry -> entry.get("type"))
                .containsExactly("4", "4", "5");
    }

    /** One that asks for another attempt this often, though it may only twice. */
    private WorkerBuilder asking(boolean blocking, int times) {
        if (blocking) {
            return worker(jobs).handleBlocking(ACT, (act, context) -> {
                attempts.add(context.attempt());
                if (attempts.size() <= times) {
                    throw Postponed.retry(TWICE);
                }
                return "done";
            });
        }
        return worker(jobs).handle(ACT, (act, context) -> {
            attempts.add(context.attempt());
            return attempts.size() <= times ? context.retry(TWICE) : Mono.just("done");
        });
    }

    @Test
    void aJobThatIsPutOffRunsLaterAndNothingIsCounted() {
        JobHandle<String> job = enqueue("x");
        run(worker(jobs).handle(ACT, (act, context) -> {
            attempts.add(context.attempt());
            return attempts.size() < 3 ? context.snooze(Duration.ofMillis(50)) : Mono.just("awake");
        }));

        assertThat(get(job.result())).isEqualTo("awake");
        assertThat(attempts).containsExactly(1, 1, 1);
        assertThat(redis.history(job.id())).hasSize(1);
    }

    @Test
    void aJobCanBePutOffFarAndWaitsAmongTheScheduled() {
        JobHandle<String> job = enqueue("x");

        assertThat(drain(worker(jobs).handleBlocking(ACT, act -> {
                    throw Postponed.snooze(HOUR);
                })))
                .isZero();

        assertThat(status(job.id())).isEqualTo("scheduled");
        assertThat(redis.score("scheduled:" + QUEUE, job.id().value()) - redis.now())
                .isBetween(3500.0, 3600.0);
        assertThat(redis.history(job.id())).isEmpty();
        assertThat(held(QUEUE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT87600H0.001S", "PT2562047788015215H30M7S"})
    void puttingOffForNoTimeOrForEverIsAnError(Duration time) {
        JobHandle<String> job = enqueue("x");

        drain(worker(jobs).handle(ACT, (act, context) -> context.snooze(time)));

        assertThat(trace(job)).contains("can be put off (snooze) for some time up to 3650 days, but this was " + time);
        assertThat(held(QUEUE)).isEmpty();
        assertThat(redis.keys()).noneMatch(key -> key.contains(":scheduled:"));
    }

    @Test
    void anotherAttemptNeedsAPolicy() {
        JobHandle<String> job = enqueue("x");

        drain(worker(jobs).handle(ACT, (act, context) -> context.retry(null)));

        assertThat(trace(job)).contains("a retry needs a policy, but it was null");
    }

    @Test
    void aClaimThatIsPutOffForEverIsLeftAsItIs() {
        enqueue("x");

        StepVerifier.create(worker(jobs)
                        .build()
                        .claims(ACT)
                        .take(1)
                        .concatMap(claim -> claim.snooze(ChronoUnit.FOREVER.getDuration())
                                .onErrorResume(
                                        JobException.Invalid.class, absurd -> claim.finish(absurd.getMessage()))))
                .expectComplete()
                .verify(Eventually.DEADLINE);

        assertThat(get(jobs.queue(QUEUE).finished().count())).isEqualTo(1);
        assertThat(held(QUEUE)).isEmpty();
    }

    @Test
    void claimsCanBePostponedToo() {
        JobHandle<String> retried = enqueue("retry");
        JobHandle<String> snoozed = enqueue("snooze");

        StepVerifier.create(worker(jobs)
                        .build()
                        .claims(ACT)
                        .take(2)
                        .concatMap(claim ->
                                "retry".equals(claim.input()) ? claim.retry(TWICE.fixed(HOUR)) : claim.snooze(HOUR)))
                .expectComplete()
                .verify(Eventually.DEADLINE);

        assertThat(status(retried.id())).isEqualTo("scheduled");
        assertThat(redis.job(retried.id())).containsEntry("number_of_retries", "1");
        assertThat(status(snoozed.id())).isEqualTo("scheduled");
        assertThat(redis.job(snoozed.id())).doesNotContainKey("number_of_retries");
    }

    @Test
    void interceptorsAreToldWhetherAJobRunsAgain() {
        Map<String, List<RunEnd>> ends = new ConcurrentHashMap<>();
        JobHandle<String> failing = enqueue("fail", options -> options.retry(RetryPolicy.times(1)));
        JobHandle<String> asking = enqueue("ask");

        drain(worker(jobs)
                .handle(
                        ACT,
                        (act, context) -> act.equals("ask") && context.attempt() == 1
                                ? context.retry(TWICE)
                                : script.handle(act, context))
                .intercept(new JobInterceptor() {
                    @Override
                    public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                        return work;
                    }

                    @Override
                    public void ended(JobContext job, RunEnd end) {
                        ends.computeIfAbsent(job.id().value(), id -> new CopyOnWriteArrayList<>())
                                .add(end);
                    }
                }));

        assertThat(ends.get(failing.id().value()))
                .extracting(RunEnd::how, RunEnd::again)
                .containsExactly(tuple(How.FAILED, true), tuple(How.FAILED, false));
        assertThat(ends.get(asking.id().value()))
                .extracting(RunEnd::how, RunEnd::again)
                .containsExactly(tuple(How.POSTPONED, true), tuple(How.FINISHED, false));
    }

    @Test
    void aRetryIsToldInTheLogsAsOne() {
        JobHandle<String> job = enqueue("fail", options -> options.retry(RetryPolicy.times(1)));
        try (Logs logs = new Logs()) {
            drain(worker());

            assertThat(logs.about(job.id()))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .satisfiesExactly(
                            first -> assertThat(first).contains("failed and is tried again: java.io.IOException"),
                            last -> assertThat(last).contains("failed: java.io.IOException"));
        }
    }

    @Test
    void aRepetitionEndsWellEachTime() {
        JobHandle<String> job = enqueue("x", options -> options.repeat(Repeat.times(2)));

        assertThat(drain(worker())).isEqualTo(1);

        assertThat(script.started()).containsExactly(job.id(), job.id(), job.id());
        assertThat(script.contexts()).extracting(JobContext::attempt).containsExactly(1, 1, 1);
        assertThat(status(JobId.of(job.id().value()))).isEqualTo("finished");
    }
}
