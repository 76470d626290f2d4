package dev.rq4j.codec;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The lists in the fields of a job's hash, as Python RQ writes and reads them whatever the serializer. */
public final class JsonLists {

    private JsonLists() {}

    /** Returns a list of texts. */
    public static byte[] ofTexts(Collection<String> texts) {
        return written(json -> texts.forEach(json::writeString));
    }

    /** Returns a list of seconds: whole ones as integers, others with up to three digits after the point. */
    public static byte[] ofSeconds(Collection<Duration> durations) {
        return written(json -> durations.forEach(duration -> writeSeconds(json, duration)));
    }

    /** Reads the texts of a list leniently: whatever else is in it is left out, and what is no list is empty. */
    public static List<String> texts(byte[] list) {
        List<String> texts = new ArrayList<>();
        try (JsonParser json = Json.envelope(list)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                return List.of();
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() == JsonToken.VALUE_STRING) {
                    texts.add(json.getString());
                }
                json.skipChildren();
            }
        } catch (JacksonException unreadable) {
            return List.of();
        }
        return List.copyOf(texts);
    }

    private static void writeSeconds(JsonGenerator json, Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 == 0) {
            json.writeNumber(millis / 1000);
        } else {
            json.writeNumber(BigDecimal.valueOf(millis, 3).stripTrailingZeros());
        }
    }

    private static byte[] written(Consumer<JsonGenerator> elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.DEFAULT_MAPPER.createGenerator(out)) {
            json.writeStartArray();
            elements.accept(json);
            json.writeEndArray();
        }
        return out.toByteArray();
    }
}
