package dev.rq4j.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.ResponseEntity;

@Timeout(60)
class AwaitIT {

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
    void whoWaitsGetsTheReportWhenItIsDone() throws Exception {
        order("awaited");
        CompletableFuture<ResponseEntity<Report>> waiting = app.await("awaited");
        app.awaitListening("awaited", true);
        assertThat(waiting).isNotDone();

        app.writer().release("held awaited");
        assertThat(waiting.get().getBody().title()).isEqualTo("held awaited");
        app.awaitListening("awaited", false);
    }

    @Test
    void timeoutAnswersAcceptedAndTheJobGoesOn() {
        order("late");
        app.get("/reports/late/result?timeout=50ms")
                .expectStatus()
                .isAccepted()
                .expectHeader()
                .valueEquals("Location", "/reports/late")
                .expectBody()
                .isEmpty();
        app.awaitListening("late", false);

        app.writer().release("held late");
        app.get("/reports/late/result?timeout=30s").expectStatus().isOk();
    }

    @Test
    void callerWhoGoesAwayStopsTheWaitingAndNotTheJob() throws IOException {
        order("left");
        try (Socket browser = new Socket("127.0.0.1", app.port())) {
            browser.getOutputStream()
                    .write("GET /reports/left/result?timeout=60s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            app.awaitListening("left", true);
        }
        app.awaitListening("left", false);

        app.writer().release("held left");
        app.get("/reports/left/result?timeout=30s").expectStatus().isOk();
    }

    private static void order(String id) {
        app.order(id, "held " + id, 1).expectStatus().isAccepted();
        app.writer().awaitBegun("held " + id);
    }
}
