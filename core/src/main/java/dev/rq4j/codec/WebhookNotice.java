package dev.rq4j.codec;

import dev.rq4j.job.JobId;
import dev.rq4j.job.Webhook;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What a webhook is told of the end of a job.
 *
 * @param job which job
 * @param task what it was to do; null when that cannot be read
 * @param event which end
 * @param enqueued when it was queued; null when that is not known
 * @param ended when it ended
 * @param reason why it failed; null when it did not
 */
public record WebhookNotice(
        JobId job,
        @Nullable String task,
        Webhook.Event event,
        @Nullable Instant enqueued,
        Instant ended,
        @Nullable String reason) {

    /** As Python prints a time that knows its zone. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Returns the document that Python RQ sends: the reason of a failure goes with nothing but failures. */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.DEFAULT_MAPPER.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringProperty("job_id", job.value());
            json.writeStringProperty("func_name", task);
            json.writeStringProperty("status", event.wireName());
            json.writeStringProperty("enqueued_at", enqueued == null ? null : TIME.format(enqueued));
            json.writeStringProperty("ended_at", TIME.format(ended));
            if (event == Webhook.Event.FAILED) {
                json.writeStringProperty("exc_info", reason);
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    /** Returns this notice with only the first characters of the reason. */
    public WebhookNotice withReasonOf(int characters) {
        String cut = reason == null || reason.length() <= characters ? reason : reason.substring(0, characters);
        return new WebhookNotice(job, task, event, enqueued, ended, cut);
    }

    /** Names the job, and never why it failed. */
    @Override
    public String toString() {
        return "WebhookNotice[" + job + " " + event + "]";
    }
}
