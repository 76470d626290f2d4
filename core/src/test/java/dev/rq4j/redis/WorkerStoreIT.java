package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.JobClient;
import dev.rq4j.job.JobException;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(RedisExtension.class)
class WorkerStoreIT {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";

    private RawRedis redis;
    private WorkerStore workers;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.workers = jobs.engine().workers();
    }

    @Test
    void aWorkerIsKnownAsPythonExpectsIt() throws UnknownHostException {
        done(workers.register(record("one", null)));

        assertThat(redis.hash("worker:w"))
                .containsEntry("state", "idle")
                .containsEntry("queues", "high,low")
                .containsEntry("successful_job_count", "2")
                .containsEntry("failed_job_count", "1")
                .containsEntry("total_working_time", "1.5")
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
    void theNextRecordAddsItsCountsAndShowsTheJob() {
        done(workers.register(record("one", null)));
        done(workers.register(record("one", "job-7")));

        assertThat(redis.hash("worker:w"))
                .containsEntry("state", "busy")
                .containsEntry("current_job", "job-7")
                .containsEntry("successful_job_count", "4")
                .containsEntry("total_working_time", "3");
    }

    @Test
    void theNameOfALiveWorkerIsTaken() {
        done(workers.register(record("one", null)));

        StepVerifier.create(workers.register(record("other", null)))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.WorkerNameTaken.class)
                        .hasMessageContaining("\"w\""))
                .verify(Eventually.DEADLINE);
        done(workers.unregister(record("other", null)));

        assertThat(redis.hash("worker:w")).containsEntry("token", "one").containsEntry("successful_job_count", "2");
        assertThat(redis.commands().smembers(redis.key("workers"))).hasSize(1);
    }

    @Test
    void theNameOfAWorkerThatLeftIsFree() {
        done(workers.register(record("one", "job-7")));
        done(workers.unregister(record("one", null)));

        assertThat(redis.hash("worker:w"))
                .containsEntry("state", "idle")
                .containsKey("death")
                .doesNotContainKeys("current_job", "token");
        assertThat(redis.ttl("worker:w")).isCloseTo(60, within(5L));
        assertThat(redis.keys()).containsExactly("worker:w");

        done(workers.register(record("other", null)));

        assertThat(redis.hash("worker:w"))
                .containsEntry("successful_job_count", "2")
                .doesNotContainKey("death");
    }

    @Test
    void whoDiedWithoutSayingSoIsTakenOffTheLists() {
        done(workers.register(record("one", null)));
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

    private static WorkerRecord record(String token, String currentJob) {
        return new WorkerRecord(
                "w", token, List.of("high", "low"), Instant.now(), currentJob, 2, 1, Duration.ofMillis(1500));
    }

    private static void done(Mono<Void> call) {
        call.block(Eventually.DEADLINE);
    }
}
