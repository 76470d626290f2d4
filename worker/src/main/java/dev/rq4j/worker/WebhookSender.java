package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Calls webhooks, with one HTTP client that is made when the first is to be called. It follows no redirect. */
final class WebhookSender {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private final WebhookOptions options;
    private final Scheduler timer;
    private @Nullable HttpClient client;

    WebhookSender(WebhookOptions options, Scheduler timer) {
        this.options = options;
        this.timer = timer;
    }

    /**
     * Calls once and completes when the answer is good. Cancelling hangs up. Signals {@link JobException.WebhookFailed}, and
     * {@link JobException.Invalid} for what must not be called.
     */
    Mono<Void> send(Delivery delivery, String id) {
        return Mono.defer(() -> {
            URI target = delivery.target();
            if (!options.allows(target)) {
                throw new JobException.Invalid("webhooks to " + target.getHost() + " are not allowed here");
            }
            HttpRequest request = request(delivery, target, id);
            Duration timeout = Duration.ofSeconds(delivery.timeout());
            return call(request)
                    .timeout(timeout, timer)
                    .onErrorMap(error -> failure(target, error))
                    .flatMap(answer -> judge(target, answer));
        });
    }

    /** Lets go of the client. Before Java 21 there is no way to close one: its thread ends when it is collected. */
    synchronized void close() {
        HttpClient open = client;
        client = null;
        if (open != null) {
            try {
                HttpClient.class.getMethod("shutdownNow").invoke(open);
            } catch (ReflectiveOperationException older) {
                LOG.trace("the HTTP client cannot be closed", older);
            }
        }
    }

    /** Once cancelled, a call ends with an error that nobody is there to hear. */
    @SuppressWarnings("FutureReturnValueIgnored") // the sink is told
    private Mono<HttpResponse<@Nullable Void>> call(HttpRequest request) {
        return Mono.create(sink -> {
            AtomicBoolean left = new AtomicBoolean();
            CompletableFuture<HttpResponse<@Nullable Void>> call =
                    client().sendAsync(request, answer -> new UnreadBody(left::get));
            sink.onCancel(() -> {
                left.set(true);
                // Where this comes while it connects, the call may go on all the same.
                call.cancel(true);
            });
            call.whenComplete((answer, error) -> {
                if (error == null) {
                    sink.success(answer);
                } else if (!left.get()) {
                    sink.error(unwrapped(error));
                }
            });
        });
    }

    private synchronized HttpClient client() {
        HttpClient present = client;
        if (present == null) {
            present = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            client = present;
        }
        return present;
    }

    private HttpRequest request(Delivery delivery, URI target, String id) {
        String body = delivery.body();
        String signature = options.signature(body == null ? "" : body, Instant.now());
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(target)
                    .timeout(Duration.ofSeconds(delivery.timeout()))
                    .method(delivery.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            if (body != null) {
                request.setHeader("Content-Type", "application/json");
            }
            delivery.headers().forEach(request::setHeader);
            request.setHeader("X-Rq4j-Delivery", id);
            if (signature != null) {
                request.setHeader("X-Rq4j-Signature", signature);
            }
            return request.build();
        } catch (IllegalArgumentException quoting) {
            throw new JobException.Invalid("the method or a header of a webhook cannot be sent");
        }
    }

    private static Throwable unwrapped(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }

    private static Mono<Void> judge(URI target, HttpResponse<@Nullable Void> answer) {
        int status = answer.statusCode();
        return status >= 200 && status < 300
                ? Mono.empty()
                : Mono.error(
                        new JobException.WebhookFailed(target.getHost() + " answered with status " + status, null));
    }

    private static Throwable failure(URI target, Throwable error) {
        if (error instanceof TimeoutException || error instanceof HttpTimeoutException) {
            return new JobException.WebhookFailed(target.getHost() + " did not answer in time", null);
        }
        return error instanceof IOException
                ? new JobException.WebhookFailed(target.getHost() + " could not be called", error)
                : error;
    }
}
