package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.WorkerInfo;
import dev.rq4j.job.WorkerInfo.State;
import dev.rq4j.redis.WorkerRecord;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Who works, as it is shown to those who ask, and how workers are told what to do. */
@ExtendWith(RedisExtension.class)
class WorkersIT {

    private static final Instant BORN = Instant.parse("2026-11-23T05:24:29.818901Z");

    private JobClient jobs;
    private RawRedis redis;
    private Workers workers;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.workers = jobs.workers();
    }

    @Test
    void aWorkerIsShownWithWhatItDoes() {
        register("w", List.of("high", "low"), false, "job-7", "job-8");

        WorkerInfo worker = get(workers.find("w"));

        assertThat(worker.name()).isEqualTo("w");
        assertThat(worker.state()).isEqualTo(State.BUSY);
        assertThat(worker.queues()).containsExactly("high", "low");
        assertThat(worker.host()).isNotEmpty();
        assertThat(worker.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(worker.version()).startsWith("rq4j");
        assertThat(worker.born()).isEqualTo(BORN);
        assertThat(worker.heartbeat()).isAfter(BORN);
        assertThat(worker.running()).isEqualTo(2);
        assertThat(worker.currentJob()).isEqualTo(JobId.of("job-7"));
        assertThat(worker.totals()).isEqualTo(new WorkerInfo.Totals(3, 1, Duration.ofMillis(1500)));
    }

    @Test
    void workersAreListedByNameAndByQueue() {
        register("b", List.of("high", "low"), false);
        register("a", List.of("low"), true);
        register("c", List.of("other"), false, "job-7");

        assertThat(names(workers.all())).containsExactly("a", "b", "c");
        assertThat(names(workers.of("low"))).containsExactly("a", "b");
        assertThat(names(workers.of("high"))).containsExactly("b");
        assertThat(names(workers.of("nobody"))).isEmpty();
        assertThat(get(workers.all().map(WorkerInfo::state).collectList()))
                .containsExactly(State.SUSPENDED, State.IDLE, State.BUSY);
    }

    @Test
    void whoIsGoneIsNotShown() {
        register("w", List.of("q"), false);
        redis.commands()
                .sadd(redis.key("workers"), redis.key("worker:dead"), "somebody:else", redis.key("worker:list"));
        redis.commands().rpush(redis.key("worker:list"), "no hash");
        redis.commands().sadd(redis.key("workers"), redis.key("worker:left"));
        redis.commands()
                .hset(redis.key("worker:left"), Map.of("state", "idle", "death", "2026-11-23T05:24:29.818901Z"));

        assertThat(names(workers.all())).containsExactly("w");
        StepVerifier.create(workers.find("dead")).verifyComplete();
        StepVerifier.create(workers.find("left")).verifyComplete();
    }

    @Test
    void workersOfPythonAreShownLeniently() {
        redis.commands().hset(redis.key("worker:a b@c:1"), Map.of("birth", "yesterday", "state", "?"));
        redis.commands()
                .hset(
                        redis.key("worker:old"),
                        Map.of(
                                "state", "busy",
                                "queues", "q",
                                "pid", "many",
                                "current_job", "job-7",
                                "successful_job_count", "x",
                                "total_working_time", "nan"));
        redis.commands().hset(redis.key("worker:new"), Map.of("state", "busy", "total_working_time", "0.001977"));
        redis.commands().sadd(redis.key("worker:new:executions"), "job-8:0a1b");
        List.of("a b@c:1", "old", "new")
                .forEach(name -> redis.commands().sadd(redis.key("workers"), redis.key("worker:" + name)));

        assertThat(get(workers.all().collectList()))
                .satisfiesExactly(
                        odd -> {
                            assertThat(odd.name()).isEqualTo("a b@c:1");
                            assertThat(odd.state()).isEqualTo(State.UNKNOWN);
                            assertThat(odd.queues()).isEmpty();
                            assertThat(odd.born()).isNull();
                            assertThat(odd.currentJob()).isNull();
                            assertThat(odd.running()).isZero();
                            assertThat(odd.totals()).isEqualTo(new WorkerInfo.Totals(0, 0, Duration.ZERO));
                        },
                        next -> {
                            assertThat(next.currentJob()).isEqualTo(JobId.of("job-8"));
                            assertThat(next.running()).isEqualTo(1);
                            assertThat(next.totals().worked()).isEqualTo(Duration.ofMillis(2));
                        },
                        old -> {
                            assertThat(old.currentJob()).isEqualTo(JobId.of("job-7"));
                            assertThat(old.running()).isEqualTo(1);
                            assertThat(old.pid()).isNull();
                            assertThat(old.totals()).isEqualTo(new WorkerInfo.Totals(0, 0, Duration.ZERO));
                        });
        assertThat(get(workers.find("a b@c:1")).name()).isEqualTo("a b@c:1");
    }

    @Test
    void aWorkerHearsWhatItIsTold() {
        assertHeard(Workers::stop, "shutdown");
        assertHeard(Workers::quiet, "quiet");
        assertHeard(Workers::resume, "resume");
    }

    @Test
    void nobodyHearsWhatAnAbsentWorkerIsTold() {
        assertThat(get(workers.stop("nobody"))).isFalse();
        assertThat(get(workers.quiet("nobody"))).isFalse();
        assertThat(get(workers.resume("nobody"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "\0"})
    void whatCanBeNobodysNameIsRefused(String name) {
        for (Mono<?> call :
                List.of(workers.find(name), workers.stop(name), workers.quiet(name), workers.resume(name))) {
            StepVerifier.create(call).expectError(JobException.Invalid.class).verify(Eventually.DEADLINE);
        }
        StepVerifier.create(workers.of("no queue"))
                .expectError(JobException.Invalid.class)
                .verify(Eventually.DEADLINE);
    }

    private void assertHeard(BiFunction<Workers, String, Mono<Boolean>> tell, String command) {
        String channel = redis.key("pubsub:w");
        StepVerifier.create(jobs.engine().workers().commands("w").map(String::new))
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 1L)))
                .then(() -> assertThat(get(tell.apply(workers, "w"))).isTrue())
                .expectNext("{\"command\":\"" + command + "\"}")
                .thenCancel()
                .verify(Eventually.DEADLINE);
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 0L));
    }

    private void register(String name, List<String> queues, boolean suspended, String... running) {
        List<Execution> executions = List.of(running).stream()
                .map(job -> new Execution(JobId.of(job), "t-0", "q"))
                .toList();
        jobs.engine()
                .workers()
                .register(new WorkerRecord(
                        name, "token", queues, BORN, suspended, executions, 3, 1, Duration.ofMillis(1500)))
                .block(Eventually.DEADLINE);
    }

    private static List<String> names(Flux<WorkerInfo> workers) {
        return get(workers.map(WorkerInfo::name).collectList());
    }
}
