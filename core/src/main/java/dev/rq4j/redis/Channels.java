package dev.rq4j.redis;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Channels that several parties listen to at a time. Each is subscribed to once, for as long as anybody listens; while
 * Redis is away that is tried again.
 */
final class Channels {

    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private final Source messages;
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();

    Channels(Source messages) {
        this.messages = messages;
    }

    /** Where the messages come from; each channel of it has one listener. */
    interface Source {

        Mono<Void> subscribe(Collection<String> channels, PubSub.Listener listener);

        Mono<Void> unsubscribe(Collection<String> channels);
    }

    /**
     * Who listens. All of it is called on the driver's threads and must be quick. That a channel is heard is told without the
     * lock of the channels, as listeners have locks of their own, which others hold when they come and go.
     */
    interface Listener {

        /**
         * The channel is heard from now on: for the first time, or again after the connection was away, in which time
         * messages were lost.
         */
        void heard();

        void message(byte[] message);

        /** The channel cannot be heard, which is the end. */
        void refused(Throwable error);
    }

    /** Begins to listen; a listener that comes to a channel that is heard is told so at once. */
    void join(String name, Listener listener) {
        boolean heard;
        synchronized (this) {
            heard = channels.computeIfAbsent(name, Channel::new).add(listener);
        }
        if (heard) {
            listener.heard();
        }
    }

    synchronized void leave(String name, Listener listener) {
        Channel channel = channels.get(name);
        if (channel != null) {
            channel.remove(listener);
        }
    }

    private synchronized void forget(Channel channel) {
        if (channel.isUnused()) {
            channels.remove(channel.name, channel);
        }
    }

    /** One channel. It is subscribed to and given up by one at a time, in the order of who comes and goes. */
    private final class Channel implements PubSub.Listener {
        private final String name;
        private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
        private final AtomicInteger work = new AtomicInteger();
        /** Or about to be. */
        private boolean subscribed;
        /** On which connection it was heard last; 0 for none. */
        private long heardOn;

        Channel(String name) {
            this.name = name;
        }

        boolean isUnused() {
            return listeners.isEmpty() && !subscribed;
        }

        /** Returns whether the channel was heard already. */
        boolean add(Listener listener) {
            listeners.add(listener);
            boolean heard = heardOn != 0;
            workOff();
            return heard;
        }

        void remove(Listener listener) {
            listeners.remove(listener);
            workOff();
        }

        void refuse(Throwable error) {
            List<Listener> all = List.copyOf(listeners);
            all.forEach(listeners::remove);
            all.forEach(listener -> listener.refused(error));
        }

        @Override
        public void heard(String channel, long connection) {
            List<Listener> told;
            synchronized (Channels.this) {
                if (heardOn == connection) {
                    return;
                }
                heardOn = connection;
                told = List.copyOf(listeners);
            }
            told.forEach(Listener::heard);
        }

        @Override
        public void message(String channel, byte[] message) {
            listeners.forEach(listener -> listener.message(message));
        }

        private void workOff() {
            if (work.getAndIncrement() == 0) {
                Mono.defer(this::settle)
                        .repeat(() -> work.decrementAndGet() != 0)
                        .subscribe(done -> {}, this::refuse, () -> forget(this));
            }
        }

        private Mono<Void> settle() {
            synchronized (Channels.this) {
                boolean wanted = !listeners.isEmpty();
                if (wanted == subscribed) {
                    return Mono.empty();
                }
                subscribed = wanted;
                // who comes from now on hears it only when it is subscribed to anew
                heardOn = 0;
                return wanted ? subscribe() : unsubscribe();
            }
        }

        private Mono<Void> subscribe() {
            return messages.subscribe(List.of(name), this)
                    .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
                            .maxBackoff(Duration.ofSeconds(5))
                            .jitter(0.5)
                            .filter(error -> RedisErrors.isPassing(error) && !listeners.isEmpty())
                            .onRetryExhaustedThrow((spec, last) -> last.failure()))
                    .onErrorResume(error -> {
                        if (!RedisErrors.isPassing(error)) {
                            refuse(error);
                        }
                        giveUp();
                        return unsubscribe();
                    });
        }

        /** Who has come meanwhile was not counted on, and is subscribed for anew. */
        private void giveUp() {
            synchronized (Channels.this) {
                subscribed = false;
                heardOn = 0;
            }
            workOff();
        }

        private Mono<Void> unsubscribe() {
            return messages.unsubscribe(List.of(name))
                    .doOnError(error -> LOG.debug("could not unsubscribe from {}", name, error))
                    .onErrorComplete();
        }
    }
}
