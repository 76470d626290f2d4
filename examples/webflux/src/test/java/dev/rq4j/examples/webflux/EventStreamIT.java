package dev.rq4j.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;

@Timeout(60)
class EventStreamIT {

    private App app;

    @BeforeEach
    void start() {
        app = App.start("--rq4j.concurrency=1");
    }

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void statusIsStreamedInOrderUntilTheJobHasEnded() {
        app.order("before", "held before", 1);
        app.order("streamed", "held streamed", 1);
        app.writer().awaitBegun("held before");
        Iterator<ServerSentEvent<ReportView>> events = events("streamed", "");
        expect(events.next(), "queued");

        app.writer().release("held before");
        expect(events.next(), "started");

        app.writer().release("held streamed");
        expect(events.next(), "finished");
        assertThat(events.hasNext()).isFalse();
    }

    @Test
    void whoConnectsAgainGetsWhatIsNewAndIsToldWhenThatWasAll() {
        app.order("resumed", "held resumed", 1);
        app.writer().awaitBegun("held resumed");
        expect(events("resumed", "").next(), "started");

        app.writer().release("held resumed");
        app.job("resumed").result().block(Duration.ofSeconds(30));
        Iterator<ServerSentEvent<ReportView>> events = events("resumed", "started");
        expect(events.next(), "finished");
        assertThat(events.hasNext()).isFalse();
        request("resumed", "finished").expectStatus().isNoContent();
    }

    @Test
    void jobThatIsDeletedEndsTheStream() {
        app.order("deleted", "held deleted", 1);
        app.writer().awaitBegun("held deleted");
        Iterator<ServerSentEvent<ReportView>> events = events("deleted", "");
        expect(events.next(), "started");

        app.job("deleted").delete().block(Duration.ofSeconds(30));
        assertThat(events.hasNext()).isFalse();
    }

    private Iterator<ServerSentEvent<ReportView>> events(String id, String seen) {
        return request(id, seen)
                .expectStatus()
                .isOk()
                .returnResult(new ParameterizedTypeReference<ServerSentEvent<ReportView>>() {})
                .getResponseBody()
                .toIterable(1)
                .iterator();
    }

    private WebTestClient.ResponseSpec request(String id, String seen) {
        return app.http()
                .get()
                .uri("/reports/{id}/events", id)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .header("Last-Event-ID", seen)
                .exchange();
    }

    private static void expect(ServerSentEvent<ReportView> event, String status) {
        assertThat(event.event()).isEqualTo(status);
        assertThat(event.id()).isEqualTo(status);
        assertThat(event.data().status()).isEqualTo(status);
    }
}
