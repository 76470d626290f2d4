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
import reactor.core.scheduler.Schedulers;

/** Calls webhooks, with one HTTP client that is made when the first is to be called. It follows no redirect. */
final class WebhookSender {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    private final WebhookOptions options;
    private final Scheduler timer;
    /** To make it reads files, so that is not done on the threads of handlers. What failed is tried again. */
    private final Mono<HttpClient> client = Mono.fromCallable(this::open)
            .subscribeOn(Schedulers.boundedElastic())
            .cache(made -> FOR_EVER, error -> Duration.ZERO, () -> Duration.ZERO);

    private @Nullable HttpClient made;
    private boolean closed;

    WebhookSender(WebhookOptions options, Scheduler timer) {
        this.options = options;
        this.timer = timer;
    }

    /**
     * Calls once and completes when the answer is good. Cancelling hangs up. Signals {@link JobException.WebhookFailed}, and
     * {@link JobException.Invalid} for what must not be called, and {@link JobException.Closed} once this is closed.
     */
    Mono<Void> send(Delivery delivery, String id) {
        return Mono.defer(() -> {
            URI target = delivery.target();
            if (!options.allows(target)) {
                throw new JobException.Invalid("webhooks to " + target.getHost() + " are not allowed here");
            }
            HttpRequest request = request(delivery, target, id);
            Duration timeout = Duration.ofSeconds(delivery.timeout());
            return client().flatMap(client -> call(client, request))
                    .timeout(timeout, timer)
                    .onErrorMap(error -> failure(target, error))
                    .flatMap(answer -> judge(target, answer));
        });
    }

    /** Lets go of the client. Before Java 21 there is no way to close one: its thread ends when it is collected. */
    synchronized void close() {
        closed = true;
        if (made != null) {
            close(made);
            made = null;
        }
    }

    private static void close(HttpClient client) {
        try {
            HttpClient.class.getMethod("shutdownNow").invoke(client);
        } catch (ReflectiveOperationException older) {
            LOG.trace("the HTTP client cannot be closed", older);
        }
    }

    /** Once cancelled, a call ends with an error that nobody is there to hear. */
    @SuppressWarnings("FutureReturnValueIgnored") // the sink is told
    private static Mono<HttpResponse<@Nullable Void>> call(HttpClient client, HttpRequest request) {
        return Mono.create(sink -> {
            AtomicBoolean left = new AtomicBoolean();
            CompletableFuture<HttpResponse<@Nullable Void>> call =
                    client.sendAsync(request, answer -> new UnreadBody(left::get));
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

    private synchronized Mono<HttpClient> client() {
        return closed ? Mono.error(new JobException.Closed()) : client;
    }

    private HttpClient open() {
        HttpClient opened = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        synchronized (this) {
            if (!closed) {
                made = opened;
                return opened;
            }
        }
        close(opened);
        throw new JobException.Closed();
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
