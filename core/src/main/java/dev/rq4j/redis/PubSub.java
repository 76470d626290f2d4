package dev.rq4j.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * Messages from channels, all over one connection. When it breaks, or is given up because it answers nothing, all channels
 * are subscribed to again. What is published meanwhile is lost: who listens must have another way to find out.
 */
final class PubSub implements Channels.Source {

    private static final Logger LOG = LoggerFactory.getLogger(PubSub.class);
    private static final int BUFFER = 256;
    /** How often a connection on which only messages come is asked for a sign of life. */
    private static final Duration CHECK = Duration.ofSeconds(3);

    private static final long LATELY = Duration.ofSeconds(1).toNanos();

    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final Channels channels = new Channels(this);
    /** Grows whenever a connection comes or goes: what is heard on the same number, is heard without a gap. */
    private final AtomicLong changes = new AtomicLong();

    private volatile long lastSign;

    private final KeptConnection<StatefulRedisPubSubConnection<String, byte[]>> connection;
    private final Disposable.Swap checks = Disposables.swap();

    PubSub(RedisConnections connections) {
        this.connection = new KeptConnection<>(
                connections,
                connections
                        .forMessages()
                        .doOnNext(this::attach)
                        .flatMap(made -> connections.prepared(made, hearAgain(made))),
                made -> Mono.empty(),
                KeptConnection.UNANSWERED);
    }

    /** Who listens; called on the driver's threads, and must be quick. */
    @FunctionalInterface
    interface Listener {

        void message(String channel, byte[] message);

        /** The channel is heard from now on, on this connection. */
        default void heard(String channel, long connection) {}
    }

    /** Begins to check that the connection is alive while somebody listens; to be called once. */
    void start() {
        checks.update(Flux.interval(CHECK)
                .onBackpressureDrop()
                .filter(tick -> !listeners.isEmpty())
                // one more than it takes to give a connection up: that one connects anew
                .concatMap(tick -> barrier().retry(KeptConnection.UNANSWERED).onErrorComplete(), 0)
                .subscribe());
    }

    /** Stops checking. */
    void close() {
        checks.dispose();
    }

    /** Returns the channels that several may listen to at a time. */
    Channels channels() {
        return channels;
    }

    /** Subscribes to channels; each has one listener, the last to come. */
    @Override
    public Mono<Void> subscribe(Collection<String> channels, Listener listener) {
        return Mono.defer(() -> {
            channels.forEach(channel -> listeners.put(channel, listener));
            return connection.use(open -> open.reactive().subscribe(channels.toArray(String[]::new)));
        });
    }

    /**
     * Returns whether this is still the connection, so that what is heard on it is heard without a gap, and has given a sign
     * of life of late: the other end can be gone without a word.
     */
    boolean isAlive(long connection) {
        return changes.get() == connection && System.nanoTime() - lastSign < LATELY;
    }

    /** Completes when everything that was published before is with its listeners. */
    Mono<Void> barrier() {
        return connection.use(open -> open.reactive().ping()).then();
    }

    @Override
    public Mono<Void> unsubscribe(Collection<String> channels) {
        return Mono.defer(() -> {
            channels.forEach(listeners::remove);
            return connection.use(open -> open.reactive().unsubscribe(channels.toArray(String[]::new)));
        });
    }

    /** Emits the messages of one channel until cancelled; who falls behind loses the oldest. Any number may listen. */
    Flux<byte[]> listen(String channel) {
        return Flux.<byte[]>create(
                        sink -> {
                            Channels.Listener listener = new ToSink(sink);
                            sink.onDispose(() -> channels.leave(channel, listener));
                            channels.join(channel, listener);
                        },
                        FluxSink.OverflowStrategy.IGNORE)
                .onBackpressureBuffer(
                        BUFFER,
                        dropped -> LOG.warn("dropped a message of {}: its listener is too slow", channel),
                        BufferOverflowStrategy.DROP_OLDEST);
    }

    /** One channel that may not be heard must not take all the others with it. */
    private Mono<Void> hearAgain(StatefulRedisPubSubConnection<String, byte[]> made) {
        String[] channels = listeners.keySet().toArray(String[]::new);
        return channels.length == 0
                ? Mono.empty()
                : made.reactive()
                        .subscribe(channels)
                        .onErrorResume(
                                RedisCommandExecutionException.class,
                                refused -> Flux.fromArray(channels)
                                        .concatMap(channel -> made.reactive()
                                                .subscribe(channel)
                                                .onErrorComplete(RedisCommandExecutionException.class))
                                        .then());
    }

    private void attach(StatefulRedisPubSubConnection<String, byte[]> open) {
        changes.incrementAndGet();
        open.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> gone) {
                changes.incrementAndGet();
            }
        });
        open.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, byte[] message) {
                lastSign = System.nanoTime();
                Listener listener = listeners.get(channel);
                if (listener != null) {
                    listener.message(channel, message);
                }
            }

            @Override
            public void subscribed(String channel, long count) {
                lastSign = System.nanoTime();
                Listener listener = listeners.get(channel);
                if (listener != null) {
                    listener.heard(channel, changes.get());
                }
            }
        });
    }

    /** Hands on the messages. */
    private record ToSink(FluxSink<byte[]> sink) implements Channels.Listener {

        @Override
        public void heard() {
            // what was lost meanwhile, nobody knows
        }

        @Override
        public void message(byte[] message) {
            sink.next(message);
        }

        @Override
        public void refused(Throwable error) {
            sink.error(error);
        }
    }
}
