package dev.rq4j.worker.maintenance;

import dev.rq4j.redis.TurnStore;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Whose turn it is at the duties of a queue: of all workers that serve it one does them, for as long as it lives. It renews
 * its turn every second. The others ask only when that would be over without it, so that all of them together cost Redis
 * little: who stops gives up its turn, which wakes them, and the turn of one that died is over three seconds after it was
 * renewed. Two may do the same for a moment, which harms nothing: every duty is safe to do by any number at once.
 */
public final class Turns {

    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final Duration TURN = Duration.ofSeconds(3);
    private static final Duration RENEWAL = Duration.ofSeconds(1);
    /** How much later than it could at the most a worker asks, so that not all do at the same moment. */
    private static final int JITTER_MILLIS = 300;

    private final TurnStore store;
    private final List<String> queues;
    private final String token = UUID.randomUUID().toString();
    private final Sinks.Many<List<String>> taken = Sinks.many().multicast().directBestEffort();
    private volatile List<String> mine = List.of();

    /** Takes turns at these queues. */
    public Turns(TurnStore store, List<String> queues) {
        this.store = store;
        this.queues = queues;
    }

    /** Takes turns that are free and renews what it has, until cancelled. Errors are logged and end nothing. */
    public Mono<Void> keep(Scheduler timer) {
        return Alarm.rounds(round(), "ask whose turn it is", RENEWAL, store.leavings(), timer);
    }

    /** Gives up what it has, once nothing is kept any more. What cannot be given up is over by itself. */
    public Mono<Void> leave() {
        return store.leave(token, queues).onErrorResume(error -> {
            LOG.debug("could not give up the turn; it ends by itself", error);
            return Mono.empty();
        });
    }

    /** Does something for the queues at which it is this worker's turn, if there are any. */
    public Mono<Void> at(Function<List<String>, Mono<Void>> duty) {
        return Mono.defer(() -> mine.isEmpty() ? Mono.empty() : duty.apply(mine));
    }

    /** Returns the queues at which it is this worker's turn, as far as it knows. */
    List<String> mine() {
        return mine;
    }

    /** Emits when it has become this worker's turn at more queues than before, until cancelled. */
    Flux<?> taken() {
        return taken.asFlux();
    }

    /** Asks once, and emits when to ask again. */
    private Mono<Duration> round() {
        return Mono.defer(() -> mine.isEmpty()
                ? store.left(queues, TURN).flatMap(left -> left.isZero() ? take() : Mono.just(later(left)))
                : take());
    }

    private Mono<Duration> take() {
        return store.take(token, queues, TURN).map(now -> {
            boolean more = !mine.containsAll(now);
            mine = now;
            if (more) {
                LOG.debug("has the turn at {}", now);
                taken.tryEmitNext(now);
            }
            return now.isEmpty() ? later(TURN) : RENEWAL;
        });
    }

    private static Duration later(Duration time) {
        return time.plusMillis(ThreadLocalRandom.current().nextInt(JITTER_MILLIS));
    }
}
