package dev.rq4j.examples.retries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobStatus;
import dev.rq4j.worker.testing.TestWorker;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How to test jobs of one's own: they run when the test says so, and time passes when the test says so. */
class FetchIT {

    private EmbeddedRedis redis;
    private JobClient jobs;
    private TestWorker worker;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        jobs = JobClient.connect(redis.uri());
        worker = TestWorker.of(jobs, builder -> builder.queues("downloads").handle(Retries.FETCH, Retries::fetch));
    }

    @AfterEach
    void stop() {
        jobs.close().block();
        redis.close();
    }

    @Test
    void anUnsteadyServerIsAskedAgainLater() {
        JobHandle<String> fetch = jobs.queue("downloads")
                .enqueue(Retries.FETCH, "https://example.org/unsteady")
                .block();

        worker.drain().block();
        assertThat(fetch.status().block()).isEqualTo(JobStatus.SCHEDULED);

        worker.advance(Duration.ofMinutes(1)).then(worker.drain()).block();
        worker.advance(Duration.ofMinutes(1)).then(worker.drain()).block();
        assertThat(fetch.result().block()).isEqualTo("fetched in attempt 3");
    }
}
