package dev.rq4j.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

@Timeout(60)
class ShutdownIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static EmbeddedRedis redis;
    /** Looks on from outside. */
    private static JobClient jobs;

    @BeforeAll
    static void start() {
        redis = EmbeddedRedis.start();
        jobs = JobClient.connect(redis.uri());
    }

    @AfterAll
    static void stop() {
        jobs.close().block(DEADLINE);
        redis.close();
    }

    @Test
    void jobEndsWithinTheGracePeriodWhileHttpRefuses() throws Exception {
        App app = App.start(redis, "--rq4j.queue=graceful");
        order(app, "graceful");
        CompletableFuture<Void> closing = CompletableFuture.runAsync(app::close);
        App.until(app::refusesConnections);
        assertThat(look("graceful").status()).isEqualTo(JobStatus.STARTED);
        assertThat(closing).isNotDone();

        app.writer().release("held graceful");
        closing.get();
        assertThat(look("graceful").status()).isEqualTo(JobStatus.FINISHED);
    }

    @Test
    void whoWaitsAtShutdownStillGetsTheReport() throws Exception {
        App app = App.start(redis, "--rq4j.queue=waiting");
        order(app, "waiting");
        CompletableFuture<ResponseEntity<Report>> waiting = app.await("waiting");
        app.awaitListening("waiting", true);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(app::close);
        App.until(app::refusesConnections);

        app.writer().release("held waiting");
        assertThat(waiting.get().getStatusCode()).isEqualTo(HttpStatus.OK);
        closing.get();
    }

    @Test
    void jobThatOutlastsTheGracePeriodIsGivenBackAndNotCounted() {
        App first = App.start(redis, "--rq4j.queue=given-back", "--rq4j.grace=100ms");
        order(first, "given-back");
        first.close();
        first.writer().awaitCancelled("held given-back");
        assertThat(look("given-back").status()).isEqualTo(JobStatus.QUEUED);
        assertThat(look("given-back").attempts().recoveries()).isZero();
        assertThat(jobs.queue("given-back").ids().collectList().block(DEADLINE))
                .containsExactly(JobId.of("given-back"));

        try (App second = App.start(redis, "--rq4j.queue=given-back")) {
            second.writer().release("held given-back");
            assertThat(job("given-back").result().block(DEADLINE)).isNotNull();
        }
        assertThat(look("given-back").attempts().recoveries()).isZero();
    }

    private static void order(App app, String id) {
        app.order(id, "held " + id, 1).expectStatus().isAccepted();
        app.writer().awaitBegun("held " + id);
    }

    private static Job look(String id) {
        return job(id).snapshot().block(DEADLINE);
    }

    private static JobHandle<Report> job(String id) {
        return jobs.job(JobId.of(id), Report.class);
    }
}
