package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.Webhook;
import dev.rq4j.job.Webhook.Method;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON in the hash of a job that is not the users'. */
class JobListsTest {

    @Test
    void writesSecondsAsIntegersWhereTheyAreWhole() {
        List<Duration> durations =
                List.of(ofSeconds(0), ofSeconds(600), ofMillis(250), ofMillis(1), ofMillis(86_400_100));

        assertThat(JsonLists.ofSeconds(durations)).asString(UTF_8).isEqualTo("[0,600,0.25,0.001,86400.1]");
    }

    @Test
    void writesAndReadsTexts() {
        assertThat(JsonLists.ofTexts(List.of("a", "b\"ü"))).asString(UTF_8).isEqualTo("[\"a\",\"b\\\"ü\"]");
        assertThat(JsonLists.texts(JsonLists.ofTexts(List.of("a", "b\"ü")))).containsExactly("a", "b\"ü");
        assertThat(texts("[\"a\", null, 5, [\"x\"], {\"y\": \"z\"}, \"b\"]")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "\"a\"", "[\"a\"", "x", "[\"a\", \u0001"})
    void readsNoTextsFromWhatIsNoList(String json) {
        assertThat(texts(json)).isEmpty();
    }

    @Test
    void writesWebhooksAsPythonDoes() {
        Webhook plain = Webhook.onFailed("http://127.0.0.1:9/x");
        Webhook get = Webhook.onFinished("https://example.org/?a=1")
                .method(Method.GET)
                .header("A", "b\"")
                .timeout(ofSeconds(3));

        byte[] json = WebhookList.toJson(List.of(plain, get));

        assertThat(json)
                .asString(UTF_8)
                .isEqualTo(
                        "[{\"url\":\"http://127.0.0.1:9/x\",\"job_status\":\"failed\",\"method\":\"POST\","
                                + "\"headers\":null,\"timeout\":10},{\"url\":\"https://example.org/?a=1\","
                                + "\"job_status\":\"finished\",\"method\":\"GET\",\"headers\":{\"A\":\"b\\\"\"},\"timeout\":3}]");
        assertThat(WebhookList.parse(json)).containsExactly(plain, get);
    }

    @Test
    void readsTheWebhooksOfPython() {
        assertThat(webhooks("""
                        [{"url": "http://h/x", "job_status": "finished", "method": "get", "headers": {"A": "b"}, "new": [1],
                          "timeout": 3}, {"url": "http://h", "job_status": "failed"}]"""))
                .containsExactly(
                        Webhook.onFinished("http://h/x")
                                .method(Method.GET)
                                .header("A", "b")
                                .timeout(ofSeconds(3)),
                        Webhook.onFailed("http://h"));
        assertThat(webhooks("[]")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {}                                                  | the webhooks must be an array, but an object came
                    [1]                                                 | a webhook must be an object, but a number came
                    [{"url": 5}]                                        | the field url of a webhook must be a string, but a number came
                    [{"job_status": "failed"}]                          | the url of a webhook must begin with
                    [{"url": "http://h", "job_status": "x"}]            | the field job_status of a webhook is missing or not known
                    [{"url": "http://h"}]                               | the field job_status of a webhook is missing or not known
                    [{"url": "http://h", "timeout": "5"}]               | the timeout of a webhook must be a whole number
                    [{"url": "http://h", "timeout": 99999999999999}]    | the list of webhooks
                    [{"url": "file:///etc", "job_status": "failed"}]    | the url of a webhook must begin with
                    [{"url": "http://h", "headers": {"a": "\\n"}}]      | the field job_status
                    [                                                   | ends too early
                    """)
    void refusesTheRest(String json, String message) {
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> webhooks(json))
                .withMessageContaining(message);
    }

    private static List<String> texts(String json) {
        return JsonLists.texts(json.getBytes(UTF_8));
    }

    private static List<Webhook> webhooks(String json) {
        return WebhookList.parse(json.getBytes(UTF_8));
    }
}
