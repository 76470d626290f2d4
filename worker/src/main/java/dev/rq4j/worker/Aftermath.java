package dev.rq4j.worker;

import dev.rq4j.codec.JsonLists;
import dev.rq4j.codec.OwnTasks;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.WebhookList;
import dev.rq4j.codec.WebhookNotice;
import dev.rq4j.job.ErrorFilter;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Webhook;
import dev.rq4j.job.Webhook.Event;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimedJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the job itself says about what is to follow when it ends: which errors it may be retried for, and whom to tell. And
 * what holds where it says nothing.
 *
 * @param job the job
 * @param resultTtl how long it is kept when it has finished, if it does not say
 * @param codec reads its payload
 */
record Aftermath(ClaimedJob job, Retention resultTtl, PayloadCodec codec) {

    private static final Logger LOG = LoggerFactory.getLogger(Aftermath.class);
    /** How much of a reason is told where the whole is too much. */
    private static final int SHORT = 500;

    /** Returns whether its policy, if it has one, is for this error; of one that broke the handler, for what it broke of. */
    boolean mayRetry(Throwable error) {
        ErrorFilter filter;
        try {
            filter = new ErrorFilter(names("retry_only"), names("retry_never"));
        } catch (JobException absurd) {
            LOG.warn("{} is not retried: its policy cannot be read", job);
            return false;
        }
        Throwable cause = error.getCause();
        return filter.admits(cause != null && error instanceof JobException.HandlerBroke ? cause : error);
    }

    /** Returns the calls that tell that it has finished. */
    List<JobRequest<Void>> finished(Attempt attempt) {
        return calls(Event.FINISHED, attempt, null);
    }

    /** Returns the calls that tell that it has failed for good, to be made if it has. */
    List<JobRequest<Void>> failed(Attempt attempt, String reason) {
        return calls(Event.FAILED, attempt, reason);
    }

    /** Whatever is wrong with them must not keep a job from ending. */
    private List<JobRequest<Void>> calls(Event event, Attempt attempt, @Nullable String reason) {
        try {
            return callsOf(event, attempt, reason);
        } catch (RuntimeException broken) {
            LOG.warn("nobody is told of {}: its webhooks cannot be called", job, broken);
            return List.of();
        }
    }

    private List<JobRequest<Void>> callsOf(Event event, Attempt attempt, @Nullable String reason) {
        List<JobRequest<Void>> calls = new ArrayList<>();
        for (Webhook webhook : webhooks()) {
            if (webhook.event() == event) {
                WebhookNotice notice = new WebhookNotice(
                        attempt.execution().job(), task(), event, job.enqueuedAt(), attempt.ended(), reason);
                call(webhook, notice)
                        .or(() -> call(webhook, notice.withReasonOf(SHORT)))
                        .ifPresentOrElse(calls::add, () -> LOG.warn("{} has no room for the call of a webhook", job));
            }
        }
        return calls;
    }

    /** Nothing if it is larger than payloads may be. */
    private Optional<JobRequest<Void>> call(Webhook webhook, WebhookNotice notice) {
        JobRequest<Void> request = Delivery.of(webhook, notice);
        try {
            OwnTasks.encodeCall(codec, request.task().name(), request.input(), false);
            return Optional.of(request);
        } catch (JobException.TooLarge tooLarge) {
            return Optional.empty();
        }
    }

    private List<Webhook> webhooks() {
        byte[] field = job.seldom().get("webhooks");
        try {
            return field == null ? List.of() : WebhookList.parse(field);
        } catch (JobException unreadable) {
            LOG.warn("nobody is told of {}: its webhooks cannot be read", job);
            return List.of();
        }
    }

    private @Nullable String task() {
        try {
            return Calls.read(job, codec).task();
        } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
            return null;
        }
    }

    private List<String> names(String field) {
        byte[] list = job.seldom().get(field);
        return list == null ? List.of() : JsonLists.texts(list);
    }
}
