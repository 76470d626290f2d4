package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import dev.rq4j.job.Webhook;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The webhooks of a job as Python RQ writes them: {@code [{"url": ..., "job_status": "failed", "method": "POST",
 * "headers": {...} or null, "timeout": 10}]}.
 */
public final class WebhookList {

    private static final int MAX_BYTES = 1 << 20;

    private WebhookList() {}

    /** Returns the bytes of the list. */
    public static byte[] toJson(List<Webhook> webhooks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.DEFAULT_MAPPER.createGenerator(out)) {
            json.writeStartArray();
            webhooks.forEach(webhook -> write(json, webhook));
            json.writeEndArray();
        }
        return out.toByteArray();
    }

    /**
     * Reads a list; fields that it does not know are ignored.
     *
     * @throws JobException.Unreadable when the bytes are not a list of webhooks, or one of them cannot be called
     */
    public static List<Webhook> parse(byte[] list) {
        if (list.length > MAX_BYTES) {
            throw new JobException.Unreadable(
                    "the webhooks of a job are limited to " + MAX_BYTES + " bytes, but have " + list.length);
        }
        List<Webhook> webhooks = new ArrayList<>();
        try (JsonParser json = Json.envelope(list)) {
            expect(json.nextToken(), JsonToken.START_ARRAY, "the webhooks", "an array");
            while (json.nextToken() != JsonToken.END_ARRAY) {
                webhooks.add(read(json));
            }
        } catch (JacksonException e) {
            throw Problems.notJson("the list of webhooks", e);
        } catch (JobException.Invalid e) {
            throw new JobException.Unreadable(String.valueOf(e.getMessage()));
        }
        return List.copyOf(webhooks);
    }

    private static void write(JsonGenerator json, Webhook webhook) {
        json.writeStartObject();
        json.writeName("url").writeString(webhook.url().toString());
        json.writeName("job_status").writeString(webhook.event().wireName());
        json.writeName("method").writeString(webhook.method().name());
        json.writeName("headers");
        if (webhook.headers().isEmpty()) {
            json.writeNull();
        } else {
            json.writeStartObject();
            webhook.headers().forEach((name, value) -> json.writeName(name).writeString(value));
            json.writeEndObject();
        }
        json.writeName("timeout").writeNumber(webhook.timeout().toSeconds());
        json.writeEndObject();
    }

    private static Webhook read(JsonParser json) {
        expect(json.currentToken(), JsonToken.START_OBJECT, "a webhook", "an object");
        String url = null;
        String event = null;
        String method = "POST";
        Map<String, String> headers = Map.of();
        Duration timeout = Webhook.DEFAULT_TIMEOUT;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "url" -> url = text(json, field);
                case "job_status" -> event = text(json, field);
                case "method" -> method = text(json, field);
                case "headers" -> headers = headers(json);
                case "timeout" -> timeout = seconds(json);
                default -> json.skipChildren();
            }
        }
        return new Webhook(
                url(url),
                constant(Webhook.Event.class, "job_status", event),
                constant(Webhook.Method.class, "method", method),
                headers,
                timeout);
    }

    private static Map<String, String> headers(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Map.of();
        }
        expect(json.currentToken(), JsonToken.START_OBJECT, "the headers of a webhook", "an object");
        Map<String, String> headers = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            headers.put(name, text(json, "headers"));
        }
        return headers;
    }

    private static Duration seconds(JsonParser json) {
        expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, "the timeout of a webhook", "a whole number");
        return Duration.ofSeconds(json.getIntValue());
    }

    private static String text(JsonParser json, String field) {
        expect(json.currentToken(), JsonToken.VALUE_STRING, "the field " + field + " of a webhook", "a string");
        return json.getString();
    }

    private static URI url(@Nullable String url) {
        try {
            return new URI(url == null ? "" : url);
        } catch (URISyntaxException malformed) {
            throw new JobException.Unreadable("the url of a webhook must be one, but is not");
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String field, @Nullable String name) {
        for (E constant : type.getEnumConstants()) {
            if (name != null && constant.name().equals(name.toUpperCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw new JobException.Unreadable("the field " + field + " of a webhook is missing or not known");
    }

    private static void expect(@Nullable JsonToken came, JsonToken expected, String what, String kind) {
        if (came != expected) {
            throw new JobException.Unreadable(what + " must be " + kind + ", but " + Problems.kind(came) + " came");
        }
    }
}
