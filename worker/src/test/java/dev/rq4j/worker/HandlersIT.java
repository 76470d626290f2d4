package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What handlers that return a {@code Mono} may do, and what becomes of their jobs. */
class HandlersIT extends Scene {

    private static final Task<String, Object> ANY = Task.of("tests.any", String.class, Object.class);
    private static final Task<String, Void> NOTHING = Task.of("tests.nothing", String.class, Void.class);

    /** What Jackson cannot write. */
    record Loop(List<Object> self) {
        static Loop make() {
            Loop loop = new Loop(new ArrayList<>());
            loop.self.add(loop);
            return loop;
        }
    }

    /** What throws while it is written. */
    public static final class Trap {
        public String getValue() {
            throw new LinkageError("not while it is written");
        }
    }

    @Test
    void aValueIsTheResult() {
        JobHandle<String> job = enqueue("hello");

        assertThat(drain(worker())).isEqualTo(1);

        assertThat(get(job.result())).isEqualTo("hello");
        assertThat(redis.job(job.id())).containsEntry("status", "finished").containsKey("ended_at");
        assertThat(redis.history(job.id()))
                .singleElement()
                .satisfies(entry -> assertThat(entry).containsEntry("type", "1").containsKey("return_value"));
    }

    @Test
    void nothingIsAResult() {
        JobHandle<String> empty = enqueue("empty");
        JobHandle<Void> ofVoid = get(jobs.queue(QUEUE).enqueue(NOTHING, "x"));

        assertThat(drain(worker().handle(NOTHING, input -> Mono.empty()))).isEqualTo(2);

        StepVerifier.create(empty.result()).verifyComplete();
        StepVerifier.create(ofVoid.result()).verifyComplete();
    }

    @ParameterizedTest
    @CsvSource({
        "fail,          java.io.IOException: broken on purpose",
        "throw,         java.lang.IllegalArgumentException: thrown on purpose",
        "null,          'java.lang.NullPointerException: the handler returned null, not a Mono'",
        "overflow,      java.lang.StackOverflowError",
        "late overflow, java.lang.StackOverflowError",
        "own timeout,   java.util.concurrent.TimeoutException: a timeout of the handler's own"
    })
    void anErrorFailsTheJobAndTheWorkerGoesOn(String act, String text) {
        JobHandle<String> broken = enqueue(act);
        JobHandle<String> next = enqueue("next");
        run(worker().concurrency(1));

        assertThat(trace(broken)).contains(text).doesNotContain("JobTimedOut");
        assertThat(get(next.result())).isEqualTo("next");
        assertThat(status(broken.id())).isEqualTo("failed");
        assertThat(held(QUEUE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("unwritable")
    void aResultThatCannotBeWrittenFailsTheJob(Object value, String text) {
        JobHandle<Object> broken = get(jobs.queue(QUEUE).enqueue(ANY, "x"));
        JobHandle<String> next = enqueue("next");
        run(worker().handle(ANY, input -> Mono.just(value)).concurrency(1));

        assertThat(trace(broken)).contains(text);
        assertThat(get(next.result())).isEqualTo("next");
        assertThat(held(QUEUE)).isEmpty();
    }

    static Stream<Arguments> unwritable() {
        return Stream.of(
                Arguments.of(Loop.make(), "JobException$Unwritable"),
                Arguments.of(new Trap(), "not while it is written"),
                Arguments.of("x".repeat(2 << 20), "JobException$TooLarge: the result is limited to"));
    }

    @Test
    void theHandlerKnowsItsJob() {
        JobHandle<String> job = enqueue("context", options -> options.id("known"));
        drain(worker());

        assertThat(get(job.result())).isEqualTo("known");
        JobContext context = script.contexts().get(0);
        assertThat(context.id()).isEqualTo(JobId.of("known"));
        assertThat(context.task()).isEqualTo("tests.act");
        assertThat(context.attempt()).isEqualTo(1);
        assertThat(context.execution().queue()).isEqualTo(QUEUE);
        assertThat(context.enqueuedAt()).isNotNull();
        assertThat(context).hasToString("tests.act known attempt 1");
    }

    @Test
    void handlersAreCalledOnThreadsOfTheWorkerNeverOfTheDriver() {
        ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();
        enqueue(50, "x");

        drain(worker(jobs).handle(ScriptedHandler.ACT, input -> {
            threads.add(Thread.currentThread().getName());
            return Mono.just(input);
        }));

        assertThat(threads).hasSize(50).allMatch(name -> name.startsWith("rq4j-handler"));
    }

    @Test
    void aHandlerThatBlocksIsToldSo() {
        JobHandle<String> job = enqueue("x");

        drain(worker(jobs)
                .handle(
                        ScriptedHandler.ACT,
                        input -> Mono.just(
                                Map.of("x", input).get(Mono.just("x").hide().block()))));

        assertThat(trace(job)).contains("block()");
    }
}
