package dev.rq4j.examples.python;

import dev.rq4j.job.Task;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A handler that goes on until the test says what it returns. */
final class Held {

    static final Task<Void, String> HOLD = Task.of("hold", Void.class, String.class);

    private final Sinks.Empty<Void> started = Sinks.empty();
    private final Sinks.Empty<Void> cancelled = Sinks.empty();
    private final Sinks.One<String> answer = Sinks.one();

    Mono<String> handle(Void nothing) {
        return answer.asMono()
                .doOnSubscribe(subscription -> started.tryEmitEmpty())
                .doOnCancel(cancelled::tryEmitEmpty);
    }

    void letGo(String value) {
        answer.tryEmitValue(value);
    }

    void awaitStart() {
        Bench.await(started.asMono());
    }

    void awaitCancellation() {
        Bench.await(cancelled.asMono());
    }
}
