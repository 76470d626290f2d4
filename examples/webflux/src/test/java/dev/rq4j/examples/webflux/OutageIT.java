package dev.rq4j.examples.webflux;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

@Timeout(90)
class OutageIT {

    private final EmbeddedRedis redis = EmbeddedRedis.start();

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void withoutRedisTheAnswerIsTryAgainAndThenItWorks() {
        try (App app = App.start(redis)) {
            app.order("before", "Before", 0).expectStatus().isAccepted();
            app.get("/reports/before/result").expectStatus().isNoContent();

            redis.kill();
            CompletableFuture.allOf(
                            runAsync(() -> unavailable(app.order("meanwhile", "Meanwhile", 0))),
                            runAsync(() -> unavailable(app.get("/reports/before"))),
                            runAsync(() -> unavailable(app.get("/reports/before/events"))),
                            runAsync(() -> unavailable(
                                    app.http().delete().uri("/reports/before").exchange())))
                    .join();

            redis.restart();
            worksAgain(app);
        }
    }

    @Test
    void startsWithoutRedisAndWorksOnceItIsThere() {
        redis.kill();
        try (App app = App.start(redis)) {
            unavailable(app.order("early", "Early", 1));

            redis.restart();
            worksAgain(app);
        }
    }

    private static void worksAgain(App app) {
        app.order("after", "After", 1).expectStatus().isAccepted();
        app.get("/reports/after/result?timeout=30s").expectStatus().isOk();
    }

    private static void unavailable(ResponseSpec response) {
        ProblemDetail problem = response.expectStatus()
                .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectHeader()
                .valueEquals("Retry-After", "2")
                .expectBody(ProblemDetail.class)
                .returnResult()
                .getResponseBody();
        assertThat(problem.getDetail()).isEqualTo("jobs cannot be reached now, try again");
    }
}
