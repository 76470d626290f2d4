package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobClient;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Task;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

class WorkerOptionsTest {

    /** Connects to nothing. */
    private static final JobClient CLIENT = JobClient.connect("redis://localhost:1");

    @AfterAll
    static void close() {
        CLIENT.close().block();
    }

    @Test
    void theDefaultsAreThoseThatTheBuilderNames() {
        WorkerOptions options = Worker.builder(CLIENT).build().options();

        assertThat(options.name()).startsWith("rq4j-");
        assertThat(options.queues()).containsExactly("default");
        assertThat(options.order()).isEqualTo(QueueOrder.STRICT);
        assertThat(options.concurrency()).isEqualTo(64);
        assertThat(options.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.maxRecoveries()).isEqualTo(3);
        assertThat(options.unknownTask()).isEqualTo(UnknownTask.FAIL);
        assertThat(options.grace()).isEqualTo(Duration.ofSeconds(8));
        assertThat(options.stopsWithJvm()).isTrue();
        assertThat(options.lifetime()).isEqualTo(new Lifetime(null, null));
        assertThat(options.resultTtl()).isEqualTo(Retention.RESULT_DEFAULT);
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void whatCannotBeIsRefused(Consumer<WorkerBuilder> change, String text) {
        WorkerBuilder builder = Worker.builder(CLIENT);
        change.accept(builder);

        assertThatThrownBy(builder::build)
                .isInstanceOf(JobException.Invalid.class)
                .hasMessageContaining(text);
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                refused(worker -> worker.queues(), "a worker needs at least one queue"),
                refused(worker -> worker.queues("a", "b", "a"), "must not name a queue twice"),
                refused(worker -> worker.queues("a\nb"), "queue"),
                refused(worker -> worker.queues(""), "queue"),
                refused(worker -> worker.name("two words"), "name"),
                refused(worker -> worker.name(""), "name"),
                refused(worker -> worker.name(null), "name"),
                refused(worker -> worker.order(null), "the order of the queues must be given"),
                refused(worker -> worker.lease(null), "a lease must be given"),
                refused(worker -> worker.unknownTask(null), "unknown tasks must be given"),
                refused(worker -> worker.grace(null), "a grace period must be given"),
                refused(worker -> worker.resultTtl((Retention) null), "a retention must be given"),
                refused(worker -> worker.concurrency(0), "concurrency must be 1 to 100000, but was 0"),
                refused(worker -> worker.concurrency(100_001), "concurrency must be 1 to 100000, but was 100001"),
                refused(worker -> worker.lease(Duration.ofMillis(299)), "a lease must be 300 ms to 1 hour"),
                refused(worker -> worker.lease(Duration.ofHours(2)), "a lease must be 300 ms to 1 hour"),
                refused(worker -> worker.maxRecoveries(-1), "maxRecoveries must not be negative"),
                refused(worker -> worker.grace(Duration.ofMillis(-1)), "a grace period must be 0 to 365 days"),
                refused(worker -> worker.maxJobs(0), "maxJobs must be 1 or more, but was 0"),
                refused(worker -> worker.maxIdleTime(Duration.ZERO), "maxIdleTime must be more than zero"),
                refused(worker -> worker.maxIdleTime(Duration.ofDays(366)), "365 days at most, but was PT8784H"),
                refused(
                        worker -> worker.grace(Duration.ofSeconds(Long.MAX_VALUE)),
                        "a grace period must be 0 to 365 days"));
    }

    private static Arguments refused(Consumer<WorkerBuilder> change, String text) {
        return Arguments.of(change, text);
    }

    @Test
    void aTaskHasOneHandler() {
        Task<String, String> task = Task.of("tests.twice", String.class, String.class);
        WorkerBuilder builder = Worker.builder(CLIENT).handle(task, Mono::just);

        assertThatThrownBy(() -> builder.handleBlocking(task, input -> input))
                .isInstanceOf(JobException.Invalid.class)
                .hasMessageContaining("there is a handler for task \"tests.twice\" already");
    }

    @Test
    void aBuilderThatGoesOnDoesNotChangeWhatItBuilt() {
        WorkerBuilder builder = Worker.builder(CLIENT).queues("first");
        Worker first = builder.build();
        builder.queues("second").concurrency(3);

        assertThat(first.options().queues()).containsExactly("first");
        assertThat(first.options().concurrency()).isEqualTo(64);
    }
}
