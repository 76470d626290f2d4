package dev.rq4j.worker;

import dev.rq4j.testing.Eventually;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A worker at work. */
final class RunningWorker implements AutoCloseable {

    private final Worker worker;
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private final Disposable subscription;

    RunningWorker(Worker worker) {
        this.worker = worker;
        this.subscription = worker.run()
                .doOnCancel(ended::tryEmitEmpty)
                .subscribe(done -> {}, ended::tryEmitError, ended::tryEmitEmpty);
    }

    Worker worker() {
        return worker;
    }

    /** Waits until it has ended, and throws what it ended with. */
    void awaitEnd() {
        ended.asMono().block(Eventually.DEADLINE);
    }

    /** Stops it and waits until that is done. */
    void stop(Duration grace) {
        await(worker.stop(grace));
    }

    /** Cancels it and waits until it has closed. */
    void cancel() {
        subscription.dispose();
        await(worker.stop(Duration.ZERO));
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    private static void await(Mono<Void> mono) {
        mono.block(Eventually.DEADLINE);
    }
}
