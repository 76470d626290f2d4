package dev.rq4j.job;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Webhook.Event;
import dev.rq4j.job.Webhook.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTest {

    private static final Webhook HOOK = Webhook.onFailed("https://example.org/secret/path");

    @Test
    void postsAndWaitsTenSecondsUnlessToldOtherwise() {
        assertThat(HOOK.event()).isEqualTo(Event.FAILED);
        assertThat(HOOK.method()).isEqualTo(Method.POST);
        assertThat(HOOK.timeout()).isEqualTo(ofSeconds(10));
        assertThat(HOOK.headers()).isEmpty();
        assertThat(Webhook.onFinished("http://h").event()).isEqualTo(Event.FINISHED);
        assertThat(HOOK.timeout(ofMillis(1500)).timeout()).isEqualTo(ofSeconds(2));
    }

    @Test
    void aHeaderReplacesTheOneOfItsName() {
        assertThat(HOOK.header("X-Token", "one").header("x-token", "two").headers())
                .containsOnlyKeys("x-token")
                .containsEntry("x-token", "two");
    }

    @Test
    void showsTheHostAndNoSecrets() {
        assertThat(HOOK.header("X-Token", "hunter2")).hasToString("Webhook[failed to example.org]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ftp://example.org      | the url of a webhook must begin with http:// or https://, but its scheme was "ftp"
                    /hook                  | the url of a webhook must begin with http:// or https://, but its scheme was ""
                    http:///hook           | the url of a webhook must have a host and at most 2048 characters, but has no host and 12
                    http://a b             | the url of a webhook must be one, but is malformed at character 7
                    http://me:pw@host/     | the url of a webhook must not have a user and password in it; use a header
                    """)
    void refusesUrlsThatCannotBeCalled(String url, String message) {
        Refusals.of(() -> Webhook.onFinished(url)).isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\r\nX", "ü", "Host", "content-length"})
    void refusesNamesOfHeaders(String name) {
        Refusals.of(() -> HOOK.header(name, "")).startsWith("the name of a webhook's header must be a token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\u0000", "€"})
    void refusesValuesOfHeadersAndDoesNotShowThem(String value) {
        Refusals.of(() -> HOOK.header("X-Token", value))
                .isEqualTo("the value of a webhook's header X-Token must be up to 4000 characters on one line");
    }

    @Test
    void refusesTimeoutsThatCannotBe() {
        Refusals.of(() -> HOOK.timeout(ofSeconds(0)))
                .isEqualTo("the timeout of a webhook must be positive, but was PT0S");
        Refusals.of(() -> HOOK.timeout(ofMinutes(11)))
                .isEqualTo("the timeout of a webhook must be at most PT10M, but was PT11M");
    }
}
