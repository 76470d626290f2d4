package dev.rq4j.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

@Timeout(60)
class ReportsIT {

    private static App app;

    @BeforeAll
    static void start() {
        app = App.start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void orderIsAcceptedWrittenAndShown() {
        String location = app.http()
                .post()
                .uri("/reports")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(new ReportOrder("March", 2))
                .exchange()
                .expectStatus()
                .isAccepted()
                .returnResult(Void.class)
                .getResponseHeaders()
                .getFirst("Location");

        app.get(location + "/result")
                .expectStatus()
                .isOk()
                .expectBody(Report.class)
                .isEqualTo(new Report("March", List.of("March, page 1", "March, page 2")));
        ReportView view = look(location);
        assertThat("/reports/" + view.id()).isEqualTo(location);
        assertThat(view.status()).isEqualTo("finished");
        assertThat(view.enqueuedAt()).isBeforeOrEqualTo(view.startedAt());
        assertThat(view.endedAt()).isAfter(view.startedAt());
        assertThat(view.secondsLeft()).isBetween(3595L, 3600L);
        assertThat(view.result()).isNotNull();
        assertThat(view.failure()).isNull();
    }

    @Test
    void reportUnderWayHasNoResultAndNoEnd() {
        app.order("under-way", "held under way", 1).expectStatus().isAccepted();
        app.writer().awaitBegun("held under way");
        ReportView view = look("/reports/under-way");
        assertThat(view.status()).isEqualTo("started");
        assertThat(view.startedAt()).isNotNull();
        assertThat(view.endedAt()).isNull();
        assertThat(view.secondsLeft()).isNull();
        assertThat(view.result()).isNull();

        app.writer().release("held under way");
    }

    @Test
    void nothingToReportIsNoContentAndKept() {
        app.order("nothing", "Nothing", 0).expectStatus().isAccepted();
        app.get("/reports/nothing/result").expectStatus().isNoContent();
        ReportView view = look("/reports/nothing");
        assertThat(view.status()).isEqualTo("finished");
        assertThat(view.secondsLeft()).isBetween(3595L, 3600L);
        assertThat(view.result()).isNull();
    }

    @Test
    void failureIsAProblemWithItsMessage() {
        app.order("failing", "Failing", -1).expectStatus().isAccepted();
        problem(
                app.get("/reports/failing/result"),
                HttpStatus.INTERNAL_SERVER_ERROR,
                "job failing failed: java.lang.IllegalArgumentException: a report cannot have -1 pages");
        ReportView view = look("/reports/failing");
        assertThat(view.status()).isEqualTo("failed");
        assertThat(view.failure()).endsWith("a report cannot have -1 pages");
    }

    @Test
    void nameThatIsTakenIsAConflict() {
        app.order("taken", "Taken", 0).expectStatus().isAccepted();
        problem(app.order("taken", "Taken", 0), HttpStatus.CONFLICT, "job taken exists already");
    }

    @Test
    void canceledReportIsGivenUpAndGone() {
        app.order("canceled", "held canceled", 1).expectStatus().isAccepted();
        app.writer().awaitBegun("held canceled");
        delete("/reports/canceled").expectStatus().isNoContent();
        app.writer().awaitCancelled("held canceled");
        problem(app.get("/reports/canceled/result"), HttpStatus.GONE, "job canceled was canceled");
        problem(delete("/reports/canceled"), HttpStatus.CONFLICT, "report canceled has ended already");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /reports/nobody", "GET /reports/nobody/result", "DELETE /reports/nobody"})
    void unknownReportIsNotFound(String request) {
        problem(send(request), HttpStatus.NOT_FOUND, "there is no job nobody");
    }

    @Test
    void eventsOfUnknownReportAreNotFoundAndNoEvent() {
        problem(
                app.http()
                        .get()
                        .uri("/reports/nobody/events")
                        .accept(MediaType.TEXT_EVENT_STREAM)
                        .exchange(),
                HttpStatus.NOT_FOUND,
                "there is no job nobody");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /reports/a.b", "GET /reports/a.b/result", "GET /reports/a.b/events", "DELETE /reports/a.b"})
    void malformedIdIsABadRequest(String request) {
        problem(send(request), HttpStatus.BAD_REQUEST, "a job id must be 1 to 200 of");
    }

    @Test
    void malformedNameOfAnOrderIsABadRequest() {
        problem(app.order("a b", "Title", 1), HttpStatus.BAD_REQUEST, "a job id must be 1 to 200 of");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"pages\": 1}",
                "{\"title\": \"no pages\"}",
                "{\"title\": \"x\", \"pages\": \"many\"}"
            })
    void unreadableOrderIsABadRequest(String body) {
        problem(
                app.http()
                        .post()
                        .uri("/reports")
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(body)
                        .exchange(),
                HttpStatus.BAD_REQUEST,
                "Failed to read HTTP message");
    }

    @Test
    void unreadableTimeoutIsABadRequest() {
        problem(app.get("/reports/any/result?timeout=soon"), HttpStatus.BAD_REQUEST, "Type mismatch");
    }

    private static ResponseSpec send(String request) {
        String[] parts = request.split(" ");
        return app.http().method(HttpMethod.valueOf(parts[0])).uri(parts[1]).exchange();
    }

    private static ResponseSpec delete(String path) {
        return app.http().delete().uri(path).exchange();
    }

    private static ReportView look(String path) {
        return app.get(path)
                .expectStatus()
                .isOk()
                .expectBody(ReportView.class)
                .returnResult()
                .getResponseBody();
    }

    private static void problem(ResponseSpec response, HttpStatus status, String detail) {
        ProblemDetail problem = response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody(ProblemDetail.class)
                .returnResult()
                .getResponseBody();
        assertThat(problem.getStatus()).isEqualTo(status.value());
        assertThat(problem.getDetail()).startsWith(detail);
    }
}
