package dev.rq4j.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Messages from channels, all over one connection, which subscribes again by itself after it broke. What is published
 * while it is away is lost: who listens must have another way to find out.
 */
final class PubSub {

    private static final Logger LOG = LoggerFactory.getLogger(PubSub.class);
    private static final int BUFFER = 256;

    private final Map<String, BiConsumer<String, byte[]>> listeners = new ConcurrentHashMap<>();
    private final RedisConnections connections;
    private final Mono<StatefulRedisPubSubConnection<String, byte[]>> connection;

    PubSub(RedisConnections connections) {
        this.connections = connections;
        this.connection = RedisConnections.kept(connections.forMessages().doOnNext(this::attach));
    }

    /** Subscribes to channels; the listener is called on the driver's thread and must be quick. */
    Mono<Void> subscribe(Collection<String> channels, BiConsumer<String, byte[]> listener) {
        return Mono.defer(() -> {
            channels.forEach(channel -> listeners.put(channel, listener));
            return connections
                    .whileOpen(connection)
                    .flatMap(open -> open.reactive().subscribe(channels.toArray(String[]::new)))
                    .onErrorMap(connections::typed);
        });
    }

    /** Completes when everything that was published before is with its listeners. */
    Mono<Void> barrier() {
        return connections
                .whileOpen(connection)
                .flatMap(open -> open.reactive().ping())
                .onErrorMap(connections::typed)
                .then();
    }

    Mono<Void> unsubscribe(Collection<String> channels) {
        return Mono.defer(() -> {
            channels.forEach(listeners::remove);
            return connections
                    .whileOpen(connection)
                    .flatMap(open -> open.reactive().unsubscribe(channels.toArray(String[]::new)))
                    .onErrorMap(connections::typed);
        });
    }

    /** Emits the messages of one channel until cancelled; who falls behind loses the oldest. */
    Flux<byte[]> listen(String channel) {
        List<String> one = List.of(channel);
        return Flux.<byte[]>create(
                        sink -> {
                            sink.onDispose(subscribe(one, (from, message) -> sink.next(message))
                                    .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
                                            .maxBackoff(Duration.ofSeconds(5))
                                            .jitter(0.5)
                                            .filter(RedisErrors::isTransient))
                                    .subscribe(done -> {}, sink::error));
                        },
                        FluxSink.OverflowStrategy.IGNORE)
                .onBackpressureBuffer(
                        BUFFER,
                        dropped -> LOG.warn("dropped a message of {}: its listener is too slow", channel),
                        BufferOverflowStrategy.DROP_OLDEST)
                .doFinally(end -> unsubscribe(one)
                        .subscribe(done -> {}, error -> LOG.debug("could not unsubscribe from {}", channel, error)));
    }

    private void attach(StatefulRedisPubSubConnection<String, byte[]> open) {
        open.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, byte[] message) {
                BiConsumer<String, byte[]> listener = listeners.get(channel);
                if (listener != null) {
                    listener.accept(channel, message);
                }
            }
        });
    }
}
