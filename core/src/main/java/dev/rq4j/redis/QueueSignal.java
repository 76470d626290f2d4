package dev.rq4j.redis;

import io.lettuce.core.LMoveArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Waits until a queue has something in it, without taking it: {@code BLMOVE q q LEFT LEFT} moves the head of a list onto
 * itself as soon as there is one, whoever put it there. Each queue has a connection of its own, since a blocked one can
 * do nothing else. It is a hint: who waits must look, and look now and then when the waits end with nothing.
 */
public final class QueueSignal {

    /** Each wait costs a command, and a connection whose other end is gone is noticed only when it is over. */
    private static final double BLOCK_SECONDS = 5;

    private static final Duration TIMEOUT = Duration.ofSeconds(8);
    /** The server says something within the timeout, if only that there is nothing. */
    private static final int UNANSWERED = 1;

    private static final int PAUSE_MILLIS = 500;

    private final Redis redis;
    private final Map<String, Watch> watches = new HashMap<>();
    private boolean closed;

    QueueSignal(Redis redis) {
        this.redis = redis;
    }

    /**
     * Emits true when one of the queues has something in it, or that cannot be told, and false when one had nothing for some
     * seconds. Cancelling stops the waiting.
     */
    public Mono<Boolean> await(List<String> queues) {
        return Mono.defer(
                () -> Mono.firstWithSignal(queues.stream().map(this::watch).toList()));
    }

    /** Closes the connections that wait, and those being made. Who waits then, waits for a moment and is to look. */
    public Mono<Void> close() {
        return Mono.defer(() -> Flux.fromIterable(leave())
                .flatMap(watch -> watch.connection.close())
                .then());
    }

    private synchronized Mono<Boolean> watch(String queue) {
        return closed ? pause() : watches.computeIfAbsent(queue, Watch::new).once();
    }

    private synchronized List<Watch> leave() {
        closed = true;
        return List.copyOf(watches.values());
    }

    /**
     * One queue. A command that was sent is not recalled by cancelling, so the next who waits joins the wait under way
     * instead of queueing up behind it.
     */
    private final class Watch {
        private final String key;
        private final KeptConnection<StatefulRedisConnection<String, byte[]>> connection;
        private @Nullable Mono<Boolean> underWay;

        Watch(String queue) {
            this.key = redis.keys().queue(queue);
            this.connection = new KeptConnection<>(
                    redis.connections(),
                    redis.connections().dedicated().doOnNext(made -> made.setTimeout(TIMEOUT)),
                    made -> Mono.empty(),
                    UNANSWERED);
        }

        synchronized Mono<Boolean> once() {
            Mono<Boolean> present = underWay;
            if (present == null) {
                // Before anybody hears: who waits again at once is not to be given the same answer.
                present = block().doOnTerminate(this::finished).cache();
                underWay = present;
            }
            return present;
        }

        private synchronized void finished() {
            underWay = null;
        }

        private Mono<Boolean> block() {
            return connection
                    .use(made -> made.reactive().blmove(key, key, LMoveArgs.Builder.leftLeft(), BLOCK_SECONDS))
                    .hasElement()
                    .onErrorResume(away -> pause());
        }
    }

    private static Mono<Boolean> pause() {
        return Mono.delay(Duration.ofMillis(
                        PAUSE_MILLIS / 2 + ThreadLocalRandom.current().nextInt(PAUSE_MILLIS)))
                .thenReturn(true);
    }
}
