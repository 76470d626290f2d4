package dev.rq4j.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.job.JobException;
import dev.rq4j.testing.Eventually;
import dev.rq4j.worker.Receiver.Call;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The HTTP side of webhooks. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebhookSenderTest {

    private static final String SECRET = "not known to anybody";

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String TOO_LATE = "the webhook failed: 127.0.0.1 did not answer in time";

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Receiver receiver = new Receiver();
    private final WebhookSender sender = sender(WebhookOptions.DEFAULTS);

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
    }

    @Test
    void aPostCarriesItsBodyItsHeadersAndWhichDeliveryItIs() {
        StepVerifier.create(sender.send(post("ok", Map.of("Authorization", "Bearer x")), "hook-1"))
                .verifyComplete();

        assertThat(receiver.calls()).singleElement().satisfies(call -> {
            assertThat(call.method()).isEqualTo("POST");
            assertThat(call.body()).isEqualTo("{\"job_id\":\"ключ\"}");
            assertThat(call.header("content-type")).isEqualTo("application/json");
            assertThat(call.header("authorization")).isEqualTo("Bearer x");
            assertThat(call.header("x-rq4j-delivery")).isEqualTo("hook-1");
            assertThat(call.headers()).doesNotContainKeys("X-Rq4j-Signature", "Upgrade");
        });
    }

    @Test
    void aGetCarriesNoBody() {
        StepVerifier.create(sender.send(new Delivery(receiver.url("ok"), "GET", Map.of(), 60, null), "hook-1"))
                .verifyComplete();

        assertThat(receiver.calls()).singleElement().satisfies(call -> {
            assertThat(call.method()).isEqualTo("GET");
            assertThat(call.body()).isEmpty();
            assertThat(call.headers()).doesNotContainKey("Content-Type");
        });
    }

    @Test
    void headersOfTheWebhookGoBeforeOursButForThoseThatProveWhoCalls() {
        Map<String, String> headers = Map.of(
                "content-type", "application/vnd.shop+json", "x-rq4j-delivery", "forged", "X-RQ4J-Signature", "forged");

        StepVerifier.create(sender(WebhookOptions.DEFAULTS.signedWith(SECRET)).send(post("ok", headers), "hook-1"))
                .verifyComplete();

        Call call = receiver.calls().get(0);
        assertThat(call.headers().get("Content-Type")).containsExactly("application/vnd.shop+json");
        assertThat(call.headers().get("X-Rq4j-Delivery")).containsExactly("hook-1");
        assertThat(call.headers().get("X-Rq4j-Signature")).hasSize(1).doesNotContain("forged");
    }

    @Test
    void aSignatureIsOfTheTimeAndTheBody() throws Exception {
        WebhookSender signing = sender(WebhookOptions.DEFAULTS.signedWith(SECRET));
        Instant before = Instant.now().minusSeconds(1);

        StepVerifier.create(signing.send(post("ok", Map.of()), "hook-1")).verifyComplete();
        StepVerifier.create(signing.send(new Delivery(receiver.url("ok"), "GET", Map.of(), 60, null), "hook-2"))
                .verifyComplete();

        for (Call call : receiver.calls()) {
            String[] parts = call.header("x-rq4j-signature").split("[=,]");
            assertThat(parts).hasSize(4).startsWith("t").contains("v1");
            assertThat(Instant.ofEpochSecond(Long.parseLong(parts[1])))
                    .isBetween(before, Instant.now().plusSeconds(1));
            assertThat(parts[3]).isEqualTo(hmac(parts[1] + "." + call.body()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"away", "redirect"})
    void anAnswerOtherThanWellDoneIsAFailure(String path) {
        receiver.awayFor(1);

        StepVerifier.create(sender.send(post(path, Map.of()), "hook-1"))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.WebhookFailed.class)
                        .hasMessage("the webhook failed: 127.0.0.1 answered with status "
                                + (path.equals("away") ? 503 : 302)));

        assertThat(receiver.calls()).extracting(Call::path).containsExactly(path);
    }

    @Test
    void aReceiverThatSaysNothingIsNotWaitedForLongerThanAsked() {
        CompletableFuture<Void> call = impatient().send(get("silent"), "hook-1").toFuture();
        Eventually.holds(() -> assertThat(receiver.calls()).hasSize(1));

        time.advanceTimeBy(MINUTE);

        assertThat(call)
                .failsWithin(MINUTE)
                .withThrowableThat()
                .havingRootCause()
                .withMessage(TOO_LATE);
    }

    @Test
    void anEndlessAnswerIsHungUpOn() throws Exception {
        StepVerifier.create(sender.send(post("endless", Map.of()), "hook-1")).verifyComplete();

        receiver.awaitHangUp();
        assertThat(receiver.written()).isGreaterThan(UnreadBody.MAX_BYTES);
    }

    @Test
    void anAnswerThatDoesNotComeToItsEndIsHungUpOnInTime() throws Exception {
        CompletableFuture<Void> call = impatient().send(get("drip"), "hook-1").toFuture();
        Eventually.holds(() -> assertThat(receiver.written()).isPositive());

        time.advanceTimeBy(MINUTE);

        assertThat(call)
                .failsWithin(MINUTE)
                .withThrowableThat()
                .havingRootCause()
                .withMessage(TOO_LATE);
        receiver.awaitHangUp();
    }

    @Test
    void cancellingHangsUp() throws Exception {
        Disposable call = sender.send(get("drip"), "hook-1").subscribe();
        Eventually.holds(() -> assertThat(receiver.written()).isPositive());

        call.dispose();

        receiver.awaitHangUp();
    }

    @Test
    void aReceiverThatIsNotThereIsAFailureThatNamesItsHostOnly() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Delivery delivery = new Delivery("http://127.0.0.1:" + free + "/secret?token=x", "GET", Map.of(), 60, null);

        StepVerifier.create(sender.send(delivery, "hook-1"))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.WebhookFailed.class)
                        .hasMessage("the webhook failed: 127.0.0.1 could not be called")
                        .hasStackTraceContaining("ConnectException"));
        assertThat(delivery.toString()).doesNotContain("secret", "token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///etc/passwd", "ftp://example.org/x", "gopher://example.org", "/path", "http:///x", "::"})
    void onlyHttpAndHttpsAreCalled(String url) {
        StepVerifier.create(sender.send(new Delivery(url, "GET", Map.of(), 60, null), "hook-1"))
                .verifyError(JobException.Invalid.class);
    }

    @Test
    void whatIsNotAllowedIsNotCalled() {
        WebhookSender choosy =
                sender(WebhookOptions.DEFAULTS.allowing(url -> url.getHost().endsWith(".example.org")));

        StepVerifier.create(choosy.send(post("ok", Map.of()), "hook-1"))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.Invalid.class)
                        .hasMessage("webhooks to 127.0.0.1 are not allowed here"));
        assertThat(receiver.calls()).isEmpty();
    }

    @Test
    void onceClosedNothingIsCalled() {
        StepVerifier.create(sender.send(post("ok", Map.of()), "hook-1")).verifyComplete();

        sender.close();

        StepVerifier.create(sender.send(post("ok", Map.of()), "hook-2")).verifyError(JobException.Closed.class);
        assertThat(receiver.calls()).hasSize(1);
    }

    @Test
    void headersThatCannotBeSentAreRefusedWithoutQuotingThem() {
        for (Map<String, String> headers :
                List.of(Map.of("Host", "canary"), Map.of("bad name", "canary"), Map.of("X", "canary\r\nInjected: x"))) {
            StepVerifier.create(sender.send(post("ok", headers), "hook-1"))
                    .verifyErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(JobException.Invalid.class)
                            .hasMessageNotContaining("canary"));
        }
        assertThat(receiver.calls()).isEmpty();
    }

    @Test
    void theSecretIsNotShownAndNotTooShort() {
        assertThat(WebhookOptions.DEFAULTS.signedWith(SECRET)).hasToString("WebhookOptions[signed]");
        assertThat(WebhookOptions.DEFAULTS).hasToString("WebhookOptions[not signed]");
        assertThatThrownBy(() -> WebhookOptions.DEFAULTS.signedWith("short"))
                .isInstanceOf(JobException.Invalid.class)
                .hasMessageNotContaining("short\"");
    }

    private static WebhookSender sender(WebhookOptions options) {
        return new WebhookSender(options, Schedulers.parallel());
    }

    private WebhookSender impatient() {
        return new WebhookSender(WebhookOptions.DEFAULTS, time);
    }

    private Delivery get(String path) {
        return new Delivery(receiver.url(path), "GET", Map.of(), 60, null);
    }

    private Delivery post(String path, Map<String, String> headers) {
        return new Delivery(receiver.url(path), "POST", headers, 60, "{\"job_id\":\"ключ\"}");
    }

    private static String hmac(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    }
}
