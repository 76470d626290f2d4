package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What others see of a worker, and what they can tell it, as Python RQ does. */
class CommandsIT extends Scene {

    private static final String NAME = "listener";

    @Test
    void aJobCanBeStoppedWhileItRuns() {
        JobHandle<String> job = enqueue(HANG);
        JobHandle<String> other = enqueue(GATE);
        run(worker().name(NAME));
        Eventually.holds(() -> assertThat(script.started()).hasSize(2));

        tell("{\"created_at\": 1, \"command\": \"stop-job\", \"job_id\": \"" + job.id() + "\"}");

        assertThatThrownBy(() -> await(job.result())).isInstanceOf(JobException.JobStopped.class);
        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(job.id()));
        assertThat(status(job.id())).isEqualTo("stopped");
        assertThat(redis.score("failed:" + QUEUE, job.id().value())).isNotNull();
        script.open(other.id());
        assertThat(get(other.result())).isEqualTo("through the gate");
    }

    @Test
    void shutdownLetsRunningJobsEndAndThenEndsTheWorker() {
        JobHandle<String> job = enqueue(GATE);
        RunningWorker worker = run(worker().name(NAME));
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        tell("{\"command\": \"shutdown\"}");
        script.open(job.id());
        worker.awaitEnd();

        assertThat(status(job.id())).isEqualTo("finished");
    }

    @Test
    void whatIsNoCommandIsIgnored() {
        run(worker().name(NAME));
        for (String garbage : List.of(
                "",
                "hello",
                "[]",
                "{}",
                "{\"command\": 7}",
                "{\"command\": \"dance\"}",
                "{\"command\": \"stop-job\"}",
                "{\"command\": \"stop-job\", \"job_id\": \"../x y\"}",
                "{\"command\": \"stop-job\", \"job_id\": \"nobody\"}",
                "[".repeat(4000),
                "x".repeat(100_000),
                "\u0080\u0005\u0095\u00ff")) {
            tell(garbage);
        }

        JobHandle<String> job = enqueue(HANG);
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));
        tell("{\"command\": \"stop-job\", \"job_id\": \"" + job.id() + "\"}");

        assertThatThrownBy(() -> await(job.result())).isInstanceOf(JobException.JobStopped.class);
    }

    @Test
    void aWorkerIsListedWhileItRunsAndNotAfter() {
        String key = redis.key("worker:" + NAME);
        JobHandle<String> job = enqueue(GATE);
        RunningWorker worker = run(worker().name(NAME).queues(QUEUE, "other"));
        Eventually.holds(() -> assertThat(redis.hash("worker:" + NAME)).containsEntry("state", "busy"));

        for (String list : List.of("workers", "workers:" + QUEUE, "workers:other")) {
            assertThat(redis.commands().smembers(redis.key(list))).containsExactly(key);
        }
        assertThat(redis.hash("worker:" + NAME))
                .containsEntry("queues", QUEUE + ",other")
                .containsEntry("current_job", job.id().value())
                .containsKeys("birth", "last_heartbeat", "hostname", "pid", "version", "python_version");
        assertThat(redis.ttl("worker:" + NAME)).isBetween(30L, 60L);

        script.open(job.id());
        await(job.result());
        worker.stop(Duration.ZERO);

        for (String list : List.of("workers", "workers:" + QUEUE, "workers:other")) {
            assertThat(redis.commands().smembers(redis.key(list))).isEmpty();
        }
        Map<String, String> last = redis.hash("worker:" + NAME);
        assertThat(last)
                .containsEntry("successful_job_count", "1")
                .containsEntry("failed_job_count", "0")
                .containsKey("death")
                .doesNotContainKeys("current_job", "token");
        assertThat(Double.parseDouble(last.get("total_working_time"))).isPositive();
        assertThat(redis.ttl("worker:" + NAME)).isBetween(30L, 60L);
    }

    @Test
    void aNameIsTakenWhileItsWorkerLives() {
        RunningWorker first = run(worker().name(NAME));
        Eventually.holds(() -> assertThat(redis.hash("worker:" + NAME)).isNotEmpty());

        assertThatThrownBy(() -> run(worker().name(NAME)).awaitEnd())
                .isInstanceOf(JobException.WorkerNameTaken.class)
                .hasMessageContaining(NAME);

        assertThat(redis.commands().smembers(redis.key("workers"))).hasSize(1);
        assertThat(redis.hash("worker:" + NAME)).doesNotContainKey("death");
        first.stop(Duration.ZERO);
        JobHandle<String> job = enqueue("x");
        run(worker().name(NAME));
        assertThat(get(job.result())).isEqualTo("x");
    }

    @Test
    void aWorkerThatRunsAgainHearsCommandsAgain() {
        Worker worker = worker().name(NAME).build();
        for (int round = 0; round < 3; round++) {
            JobHandle<String> job = enqueue(HANG);
            int expected = round + 1;
            var end = worker.run().toFuture();
            Eventually.holds(() -> assertThat(script.started()).hasSize(expected));
            tell("{\"command\": \"stop-job\", \"job_id\": \"" + job.id() + "\"}");
            assertThatThrownBy(() -> await(job.result())).isInstanceOf(JobException.JobStopped.class);
            tell("{\"command\": \"shutdown\"}");
            end.join();
        }
    }

    /** Tells the worker something, as soon as it listens. */
    private void tell(String command) {
        String channel = redis.key("pubsub:" + NAME);
        Eventually.holds(() ->
                assertThat(redis.commands().pubsubNumsub(channel).get(channel)).isEqualTo(1));
        redis.commands().publish(channel, command);
    }
}
