package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

/** The result of a job that a Python worker ran, which tells nobody. */
@ExtendWith(RedisExtension.class)
class ResultOfPythonIT {

    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void isFoundWithoutAPush() {
        JobHandle<String> job = worker.enqueue("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> end(job.id(), "finished", Map.of("type", "1", "return_value", "ImRvbmUi")))
                .expectNext("done")
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void ofAFailureIsTheTraceback() {
        String traceback = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: no paper";
        String field = new String(ErrorText.encode(traceback), StandardCharsets.ISO_8859_1);
        JobHandle<String> job = worker.enqueue("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> end(job.id(), "failed", Map.of("type", "2", "exc_string", field)))
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessageEndingWith("ValueError: no paper")
                        .isInstanceOfSatisfying(
                                JobException.JobFailed.class,
                                failed -> assertThat(failed.trace()).isEqualTo(traceback)))
                .verify(Eventually.DEADLINE);
    }

    @Test
    void ofAnOldPythonIsReadFromTheHash() {
        JobHandle<String> job = worker.enqueue("q");
        redis.commands().hset(redis.key("job:" + job.id()), Map.of("status", "finished", "result", "\"done\""));

        assertThat(get(job.result())).isEqualTo("done");
    }

    @Test
    void isTheNewestWhereThereAreSeveral() {
        JobHandle<String> job = worker.enqueue("q");
        redis.commands().xadd(redis.key("results:" + job.id()), Map.of("type", "4", "return_value", "Im9sZCI="));
        worker.finish(worker.claimOne("q"), "new");

        assertThat(get(job.result())).isEqualTo("new");
    }

    @Test
    void ofNothingIsNothing() {
        JobHandle<String> job = worker.enqueue("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> end(job.id(), "finished", Map.of("type", "1")))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    private void end(JobId id, String status, Map<String, String> entry) {
        redis.commands().xadd(redis.key("results:" + id), entry);
        redis.commands().hset(redis.key("job:" + id), "status", status);
    }

    private void awaitListener(JobId id) {
        Eventually.holds(() -> assertThat(redis.listeners(id)).isEqualTo(1));
    }
}
