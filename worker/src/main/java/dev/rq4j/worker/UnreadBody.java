package dev.rq4j.worker;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets an answer pass unread, so that its connection can serve again, and hangs up on one that goes on and on, or that nobody
 * waits for any more.
 */
final class UnreadBody implements BodySubscriber<@Nullable Void> {

    static final int MAX_BYTES = 1 << 16;

    private final CompletableFuture<@Nullable Void> body = new CompletableFuture<>();
    private final BooleanSupplier left;
    private Flow.@Nullable Subscription subscription;
    private long heard;

    /** Asks whether anybody waits still. */
    UnreadBody(BooleanSupplier left) {
        this.left = left;
    }

    @Override
    public CompletionStage<@Nullable Void> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> chunk) {
        heard += chunk.stream().mapToLong(ByteBuffer::remaining).sum();
        if (subscription == null) {
            return;
        }
        if (heard <= MAX_BYTES && !left.getAsBoolean()) {
            subscription.request(1);
        } else {
            subscription.cancel();
            body.complete(null);
        }
    }

    /** What matters has been said in the first line. */
    @Override
    public void onError(Throwable error) {
        body.complete(null);
    }

    @Override
    public void onComplete() {
        body.complete(null);
    }
}
