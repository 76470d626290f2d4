package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import dev.rq4j.worker.RunEnd.How;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What stands around every run. */
class InterceptorsIT extends Scene {

    private static final Task<String, String> CODE = Task.of("tests.code", String.class, String.class);

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Map<JobId, RunEnd> ends = new ConcurrentHashMap<>();

    @Test
    void theFirstIsTheOutermost() {
        enqueue("x");

        drain(worker().intercept(named("one"), named("two")).intercept(named("three")));

        assertThat(seen).containsExactly("one", "two", "three", "/three", "/two", "/one");
    }

    @Test
    void whatItEmitsIsTheResult() {
        JobHandle<String> job = enqueue("x");

        drain(worker().intercept(new JobInterceptor() {
            @Override
            @SuppressWarnings("unchecked")
            public <O> Mono<O> intercept(JobContext context, Mono<O> work) {
                return work.map(result -> (O) (result + " of " + context.task()));
            }
        }));

        assertThat(get(job.result())).isEqualTo("x of tests.act");
    }

    @Test
    void anErrorThatItMakesIsTheErrorOfTheJob() {
        JobHandle<String> translated = enqueue("fail");
        JobHandle<String> refused = enqueue("x");
        JobHandle<String> next = enqueue("next");
        run(worker().intercept(new JobInterceptor() {
            @Override
            public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                if (job.id().equals(refused.id())) {
                    throw new IllegalStateException("refused on purpose");
                }
                return work.onErrorMap(IOException.class, error -> new IllegalStateException("translated", error));
            }
        }));

        assertThat(trace(translated)).startsWith("java.lang.IllegalStateException: translated");
        assertThat(trace(refused)).startsWith("java.lang.IllegalStateException: refused on purpose");
        assertThat(get(next.result())).isEqualTo("next");
    }

    @Test
    void fatalErrorsAndNothingAtAllFailTheJobAndTheWorkerGoesOn() {
        JobHandle<String> broken = enqueue("broken");
        JobHandle<String> late = enqueue("late");
        JobHandle<String> nothing = enqueue("nothing");
        JobHandle<String> next = enqueue("next");
        Map<JobId, String> acts = Map.of(broken.id(), "broken", late.id(), "late", nothing.id(), "nothing");
        run(worker().concurrency(1).intercept(new JobInterceptor() {
            @Override
            public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                return switch (acts.getOrDefault(job.id(), "")) {
                    case "broken" -> throw new NoClassDefFoundError("missing");
                    case "late" ->
                        work.map(value -> {
                            throw new NoClassDefFoundError("missing later");
                        });
                    case "nothing" -> null;
                    default -> work;
                };
            }
        }));

        assertThat(trace(broken)).contains("HandlerBroke", "missing");
        assertThat(trace(late)).contains("NoClassDefFoundError: missing later");
        assertThat(trace(nothing)).contains("the interceptor returned null, not a Mono");
        assertThat(get(next.result())).isEqualTo("next");
    }

    @Test
    void itCanRunBlockingCodeAgainOrNotAtAll() {
        AtomicInteger calls = new AtomicInteger();
        JobHandle<String> again = get(jobs.queue(QUEUE).enqueue(CODE, "again"));
        JobHandle<String> never = get(jobs.queue(QUEUE).enqueue(CODE, "never"));
        JobHandle<String> next = get(jobs.queue(QUEUE).enqueue(CODE, "next"));
        run(worker(jobs)
                .concurrency(1)
                .handleBlocking(CODE, input -> {
                    if (calls.incrementAndGet() < 3) {
                        throw new IOException("not yet");
                    }
                    return input;
                })
                .intercept(new JobInterceptor() {
                    @Override
                    public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                        return job.id().equals(never.id()) ? Mono.empty() : work.retry(2);
                    }
                }));

        assertThat(get(again.result())).isEqualTo("again");
        assertThat(await(never.result())).isNull();
        assertThat(get(next.result())).isEqualTo("next");
        assertThat(calls).hasValue(4);
    }

    @Test
    void itFindsTheJobInTheContextAndTheHandlerWhatItPutsThere() {
        JobHandle<String> job = enqueue("x");

        drain(worker(jobs)
                .handle(ACT, input -> Mono.deferContextual(context -> Mono.just(context.<String>get("trace"))))
                .intercept(new JobInterceptor() {
                    @Override
                    public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                        return Mono.deferContextual(context -> work.contextWrite(inner -> inner.put(
                                "trace", context.get(JobContext.class).id().value())));
                    }
                }));

        assertThat(get(job.result())).isEqualTo(job.id().value());
    }

    @Test
    void itIsInsideTheTimeoutAndCancelledWithTheWork() {
        JobHandle<String> slow = enqueue(HANG, options -> options.timeout(Duration.ofSeconds(1)));
        run(worker().intercept(named("one")));

        assertThat(trace(slow)).contains("JobTimedOut");
        Eventually.holds(() -> assertThat(seen).containsExactly("one", "/one cancel"));
        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(slow.id()));
    }

    @Test
    void itIsToldHowEveryRunEnded() {
        JobHandle<String> well = enqueue("x");
        JobHandle<String> badly = enqueue("fail");
        JobHandle<String> late = enqueue(HANG, options -> options.timeout(Duration.ofSeconds(1)));
        JobHandle<?> unknown = get(jobs.queue(QUEUE).enqueue(CODE, "x"));
        JobHandle<String> unreadable = enqueue("unreadable");
        redis.commands().hset(redis.key("job:" + unreadable.id()), "data", "garbage");
        JobHandle<String> unwritable = get(jobs.queue(QUEUE).enqueue(LOOP, "x"));

        drain(worker().handle(LOOP, input -> Mono.just("x".repeat(2 << 20))).intercept(told()));

        assertEnd(well, How.FINISHED);
        assertEnd(badly, How.FAILED, "java.io.IOException: broken on purpose");
        assertEnd(late, How.FAILED, "JobTimedOut");
        assertEnd(unknown, How.FAILED, "UnknownTask");
        assertEnd(unreadable, How.FAILED, "Unreadable");
        assertEnd(unwritable, How.FAILED, "TooLarge");
    }

    @Test
    void itIsToldOfWhatIsTakenAway() {
        JobHandle<String> stopped = enqueue(HANG);
        JobHandle<String> canceled = enqueue(HANG);
        JobHandle<String> givenBack = enqueue(GATE);
        RunningWorker worker = run(worker().name("telling").intercept(told()));
        Eventually.holds(() -> assertThat(script.started()).hasSize(3));

        String stop = "{\"command\": \"stop-job\", \"job_id\": \"" + stopped.id() + "\"}";
        Eventually.holds(() -> assertThat(redis.commands().publish(redis.key("pubsub:telling"), stop))
                .isPositive());
        get(canceled.cancel());
        Eventually.holds(() -> assertThat(ends).containsKeys(stopped.id(), canceled.id()));
        worker.stop(Duration.ZERO);

        assertEnd(stopped, How.STOPPED);
        assertEnd(canceled, How.LOST);
        assertEnd(givenBack, How.LOST);
    }

    @Test
    void whatItThrowsWhenItIsToldChangesNothing() {
        JobHandle<String> job = enqueue("x");

        assertThat(drain(worker().intercept(told()).intercept(new JobInterceptor() {
                    @Override
                    public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                        return work;
                    }

                    @Override
                    public void ended(JobContext job, RunEnd end) {
                        throw new IllegalStateException("thrown on purpose");
                    }
                })))
                .isEqualTo(1);

        assertThat(get(job.result())).isEqualTo("x");
        assertEnd(job, How.FINISHED);
    }

    @Test
    void aMethodWithATypeParameterWillDo() {
        JobHandle<String> job = enqueue("x");

        drain(worker().intercept(this::twice));

        assertThat(get(job.result())).isEqualTo("x");
        assertThat(script.started()).containsExactly(job.id(), job.id());
    }

    private static final Task<String, String> LOOP = Task.of("tests.large", String.class, String.class);

    private <O> Mono<O> twice(JobContext job, Mono<O> work) {
        return work.then(work);
    }

    private JobInterceptor told() {
        return new JobInterceptor() {
            @Override
            public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                return work;
            }

            @Override
            public void ended(JobContext job, RunEnd end) {
                assertThat(Thread.currentThread().getName()).startsWith("rq4j-handler");
                ends.put(job.id(), end);
            }
        };
    }

    private JobInterceptor named(String name) {
        return new JobInterceptor() {
            @Override
            public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                return Mono.defer(() -> {
                            seen.add(name);
                            return work;
                        })
                        .doOnSuccess(value -> seen.add("/" + name))
                        .doOnCancel(() -> seen.add("/" + name + " cancel"));
            }
        };
    }

    private void assertEnd(JobHandle<?> job, How how, String... error) {
        RunEnd end = ends.get(job.id());
        assertThat(end).as("the end of " + job).isNotNull();
        assertThat(end.how()).isEqualTo(how);
        assertThat(String.valueOf(end.error())).contains(error.length == 0 ? List.of("null") : List.of(error));
    }
}
