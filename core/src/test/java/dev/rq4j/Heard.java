package dev.rq4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobEvent.Happened;
import dev.rq4j.job.JobEvent.Missed;
import dev.rq4j.testing.Eventually;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

/** What one listener was told. It asks for as much as the test says, and never holds up who tells it. */
final class Heard extends BaseSubscriber<JobEvent> {

    private final Queue<JobEvent> events = new ConcurrentLinkedQueue<>();
    private volatile String end = "";

    private Heard() {}

    /** Listens and asks for everything. */
    static Heard all(Flux<JobEvent> events) {
        Heard heard = nothingYet(events);
        heard.requestUnbounded();
        return heard;
    }

    /** Listens and asks for nothing yet. */
    static Heard nothingYet(Flux<JobEvent> events) {
        Heard heard = new Heard();
        events.subscribe(heard);
        return heard;
    }

    /** Returns everything that was told. */
    List<JobEvent> events() {
        return List.copyOf(events);
    }

    /** Waits until so much was told. */
    List<JobEvent> await(int count) {
        Eventually.holds(() -> assertThat(events).hasSizeGreaterThanOrEqualTo(count));
        return events();
    }

    /** Waits until these words were told, and nothing else. */
    void await(String... words) {
        Eventually.holds(() -> assertThat(words()).containsExactly(words));
    }

    /** Waits until these words were told, and that was all. */
    void awaitEnd(String... words) {
        Eventually.holds(() -> assertThat(end).isEqualTo("onComplete"));
        assertThat(words()).containsExactly(words);
    }

    /** Waits until it has ended with an error of this name. */
    void awaitError(String name) {
        Eventually.holds(() -> assertThat(end).isEqualTo(name));
    }

    /** Returns the word for an event. */
    static String word(JobEvent event) {
        return event instanceof Happened happened ? happened.type().wireName() : "missed " + ((Missed) event).count();
    }

    private List<String> words() {
        return events.stream().map(Heard::word).toList();
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        // asks when the test says so
    }

    @Override
    protected void hookOnNext(JobEvent event) {
        assertThat(event.received()).isNotNull();
        events.add(event);
    }

    @Override
    protected void hookOnError(Throwable error) {
        end = error.getClass().getSimpleName();
    }

    @Override
    protected void hookFinally(SignalType type) {
        end = end.isEmpty() ? type.toString() : end;
    }
}
