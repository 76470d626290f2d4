package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.JobClient;
import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(RedisExtension.class)
class WorkerStoreIT {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";

    private static final long PID = ProcessHandle.current().pid();

    private RawRedis redis;
    private WorkerStore workers;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.workers = jobs.engine().workers();
    }

    @Test
    void aWorkerIsKnownAsPythonExpectsIt() throws UnknownHostException {
        done(workers.register(record("one")));

        assertThat(redis.hash("worker:w"))
                .containsEntry("state", "idle")
                .containsEntry("queues", "high,low")
                .containsEntry("successful_job_count", "2")
                .containsEntry("failed_job_count", "1")
                .containsEntry("total_working_time", "1.500000")
                .containsEntry("hostname", InetAddress.getLocalHost().getHostName())
                .containsEntry("ip_address", InetAddress.getLocalHost().getHostAddress())
                .containsKeys("pid", "version", "python_version")
                .doesNotContainKey("current_job");
        assertThat(redis.hash("worker:w").get("birth")).matches(TIME);
        assertThat(redis.hash("worker:w").get("last_heartbeat")).matches(TIME);
        assertThat(redis.ttl("worker:w")).isCloseTo(60, within(5L));
        for (String list : List.of("workers", "workers:high", "workers:low")) {
            assertThat(redis.commands().smembers(redis.key(list))).containsExactly(redis.key("worker:w"));
            assertThat(redis.ttl(list)).isGreaterThan(3600);
        }
    }

    @Test
    void theNextRecordTellsTheTotalsAndShowsTheJob() {
        done(workers.register(record("one")));
        done(workers.register(record("one", "job-7")));

        assertThat(redis.hash("worker:w"))
                .containsEntry("state", "busy")
                .containsEntry("current_job", "job-7")
                .containsEntry("successful_job_count", "2")
                .containsEntry("total_working_time", "1.500000");
    }

    @Test
    void whatAWorkerRunsIsListedAsTheNextRqExpectsItForAsLongAsTheWorkerIsKnown() {
        done(workers.register(record("one", "a", "b")));
        assertThat(redis.commands().smembers(redis.key("worker:w:executions")))
                .containsExactlyInAnyOrder("a:t-0", "b:t-0");
        assertThat(redis.ttl("worker:w:executions")).isCloseTo(60, within(5L));

        done(workers.register(record("one", "b", "c")));
        assertThat(redis.commands().smembers(redis.key("worker:w:executions")))
                .containsExactlyInAnyOrder("b:t-0", "c:t-0");

        done(workers.register(record("one")));
        assertThat(redis.keys()).doesNotContain("worker:w:executions");
    }

    @Test
    void aThousandExecutionsAreTold() {
        String[] jobs = IntStream.range(0, WorkerRecord.MOST_EXECUTIONS)
                .mapToObj(i -> "job-" + i)
                .toArray(String[]::new);

        done(workers.register(record("one", jobs)));

        assertThat(redis.commands().scard(redis.key("worker:w:executions"))).isEqualTo(1000);
        assertThat(redis.hash("worker:w")).containsEntry("current_job", "job-0").containsEntry("pid", "" + PID);
    }

    @Test
    void theNameOfALiveWorkerIsTaken() {
        done(workers.register(record("one")));

        StepVerifier.create(workers.register(record("other")))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.WorkerNameTaken.class)
                        .hasMessageContaining("\"w\""))
                .verify(Eventually.DEADLINE);
        done(workers.unregister(record("other")));

        assertThat(redis.hash("worker:w")).containsEntry("token", "one").containsEntry("successful_job_count", "2");
        assertThat(redis.commands().smembers(redis.key("workers"))).hasSize(1);
    }

    @Test
    void theNameOfAWorkerThatLeftIsFree() {
        done(workers.register(record("one", "job-7")));
        done(workers.unregister(record("one")));

        assertThat(redis.hash("worker:w"))
                .containsEntry("state", "idle")
                .containsKey("death")
                .doesNotContainKeys("current_job", "token");
        assertThat(redis.ttl("worker:w")).isCloseTo(60, within(5L));
        assertThat(redis.keys()).containsExactly("worker:w");

        done(workers.register(record("other")));

        assertThat(redis.hash("worker:w"))
                .containsEntry("successful_job_count", "2")
                .doesNotContainKey("death");
    }

    @Test
    void whoDiedWithoutSayingSoIsTakenOffTheLists() {
        done(workers.register(record("one")));
        for (String list : List.of("workers", "workers:high", "workers:low")) {
            redis.commands().sadd(redis.key(list), redis.key("worker:dead"));
        }

        done(workers.bury(List.of("high", "low")));

        for (String list : List.of("workers", "workers:high", "workers:low")) {
            assertThat(redis.commands().smembers(redis.key(list))).containsExactly(redis.key("worker:w"));
        }
    }

    @Test
    void hearsWhatItIsTold() {
        String channel = redis.key("pubsub:w");

        StepVerifier.create(workers.commands("w").map(String::new))
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 1L)))
                .then(() -> redis.commands().publish(channel, "{\"command\": \"shutdown\"}"))
                .expectNext("{\"command\": \"shutdown\"}")
                .thenCancel()
                .verify(Eventually.DEADLINE);

        Eventually.holds(
                () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 0L));
    }

    private static WorkerRecord record(String token, String... running) {
        List<Execution> executions = Stream.of(running)
                .map(job -> new Execution(JobId.of(job), "t-0", "high"))
                .toList();
        return new WorkerRecord(
                "w", token, List.of("high", "low"), Instant.now(), false, executions, 2, 1, Duration.ofMillis(1500));
    }

    private static void done(Mono<Void> call) {
        call.block(Eventually.DEADLINE);
    }
}
