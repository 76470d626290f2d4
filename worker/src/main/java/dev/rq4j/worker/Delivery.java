package dev.rq4j.worker;

import dev.rq4j.codec.WebhookNotice;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.job.Webhook;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of a webhook, as a job of its own: it outlives the worker that ran the job that it tells of, and is tried again
 * like any other.
 *
 * @param url where to
 * @param method how
 * @param headers what to send along
 * @param timeout how long to wait for the answer, in seconds
 * @param body what to send; null for nothing
 */
record Delivery(
        String url,
        String method,
        Map<String, String> headers,
        long timeout,
        @Nullable String body) {

    /** A receiver may be away for some minutes. One that we may not call, we may not call later either. */
    static final Task<Delivery, Void> TASK = Task.reserved("webhook", Delivery.class, Void.class)
            .with(job -> job.resultTtl(Retention.none())
                    .failureTtl(Duration.ofDays(1))
                    .retry(RetryPolicy.times(5)
                            .intervals(
                                    Duration.ofSeconds(1),
                                    Duration.ofSeconds(4),
                                    Duration.ofSeconds(16),
                                    Duration.ofMinutes(1),
                                    Duration.ofMinutes(5))
                            .jitter(0.2)
                            .neverFor(JobException.Invalid.class)));

    /** How much longer than the answer the whole job may take. */
    private static final Duration MARGIN = Duration.ofSeconds(5);

    Delivery {
        headers = Map.copyOf(headers);
    }

    /** Returns the job that calls a webhook. */
    static JobRequest<Void> of(Webhook webhook, WebhookNotice notice) {
        Delivery delivery = new Delivery(
                webhook.url().toString(),
                webhook.method().name(),
                webhook.headers(),
                webhook.timeout().toSeconds(),
                webhook.method() == Webhook.Method.POST ? notice.toJson() : null);
        return TASK.request(
                delivery,
                job -> job.timeout(webhook.timeout().plus(MARGIN)).description("webhook of job " + notice.job()));
    }

    /**
     * Returns where to.
     *
     * @throws JobException.Invalid when it is no http or https URL with a host
     */
    URI target() {
        try {
            URI target = new URI(url);
            String scheme = target.getScheme();
            if (target.getHost() != null && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
                return target;
            }
        } catch (URISyntaxException malformed) {
            // said below, without quoting what can be secret
        }
        throw new JobException.Invalid("a webhook must go to http:// or https:// and a host, but this one does not");
    }

    /** The path and the headers can be secret. */
    @Override
    public String toString() {
        return "Delivery[" + method + "]";
    }
}
