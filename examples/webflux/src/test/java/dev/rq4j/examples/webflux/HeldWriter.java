package dev.rq4j.examples.webflux;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Writes reports whose title begins with "held" when the test says so, and others as the application does. */
final class HeldWriter implements ReportWriter {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final ReportWriter writer = ReportWriter.slow();
    private final Map<String, Hold> holds = new ConcurrentHashMap<>();

    @Override
    public Mono<Report> write(ReportOrder order) {
        Hold hold = hold(order.title());
        hold.begun.tryEmitEmpty();
        Mono<Void> gate = order.title().startsWith("held") ? hold.released.asMono() : Mono.empty();
        return gate.then(writer.write(order)).doOnCancel(hold.cancelled::tryEmitEmpty);
    }

    void awaitBegun(String title) {
        hold(title).begun.asMono().block(DEADLINE);
    }

    void awaitCancelled(String title) {
        hold(title).cancelled.asMono().block(DEADLINE);
    }

    void release(String title) {
        hold(title).released.tryEmitEmpty();
    }

    private Hold hold(String title) {
        return holds.computeIfAbsent(title, key -> new Hold(Sinks.empty(), Sinks.empty(), Sinks.empty()));
    }

    private record Hold(Sinks.Empty<Void> begun, Sinks.Empty<Void> released, Sinks.Empty<Void> cancelled) {}
}
