package dev.rq4j.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A connection that is made when first needed, and kept; that it could not be made is not kept. When it breaks the driver
 * connects it again. When the other end is gone without a word nobody notices: so it is given up when some commands in a
 * row got no answer in time, and the next who needs it makes a new one. So it is when Sentinel says that the master is
 * another; and when the server has become a replica, but then at most once a second: another may be the master by now,
 * behind the same name or by what Sentinel is asked for.
 */
final class KeptConnection<C extends StatefulRedisConnection<String, byte[]>> {

    /** After so many timeouts without any answer in between, most connections are given up. */
    static final int UNANSWERED = 3;

    private static final Logger LOG = LoggerFactory.getLogger(KeptConnection.class);
    private static final long ONE_SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    private final RedisConnections connections;
    private final Mono<C> connecting;
    private final Function<C, Mono<Void>> check;
    private final int unanswered;
    private volatile Link present;
    private volatile boolean closed;

    /** Checks each new connection, and each that was made again: one that does not pass is not used. */
    KeptConnection(RedisConnections connections, Mono<C> connecting, Function<C, Mono<Void>> check, int unanswered) {
        this.connections = connections;
        this.connecting = connecting;
        this.check = check;
        this.unanswered = unanswered;
        this.present = new Link();
    }

    /** Sends a request at each subscription and emits what it brings, with typed errors. */
    <T> Mono<T> use(Function<C, Mono<T>> request) {
        return Mono.defer(() -> closed || connections.isClosed()
                        ? Mono.error(RedisConnections.closedError())
                        : present().use(request))
                .onErrorMap(connections::typed);
    }

    /** Closes the connection, at once or as soon as it is made; there will be no other. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            closed = true;
            C open = present.open;
            return open == null ? Mono.empty() : connections.close(open);
        });
    }

    private Link present() {
        Link link = present;
        if (link.isLeftBehind()) {
            replace(link);
        }
        return present;
    }

    private synchronized boolean replace(Link given) {
        boolean first = present == given;
        if (first) {
            present = new Link();
        }
        return first;
    }

    /** One connection, and how many of the last commands it did not answer. */
    private final class Link {
        private final Mono<C> made = connecting
                .flatMap(fresh -> connections.prepared(fresh, check.apply(fresh)))
                .flatMap(this::keep)
                .cache(kept -> FOR_EVER, error -> Duration.ZERO, () -> Duration.ZERO);

        private final int moves = connections.moves();
        private final AtomicInteger timeouts = new AtomicInteger();
        private final AtomicBoolean asking = new AtomicBoolean();
        private volatile long answered = System.nanoTime();
        private volatile @Nullable C open;
        private volatile long madeAt;

        <T> Mono<T> use(Function<C, Mono<T>> request) {
            return made.flatMap(connection -> heed(connection, Mono.defer(() -> request.apply(connection))));
        }

        private Mono<C> keep(C connection) {
            open = connection;
            madeAt = System.nanoTime();
            connection.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisConnected(RedisChannelHandler<?, ?> again, SocketAddress address) {
                    checkAgain(connection);
                }
            });
            if (closed) {
                return connections.close(connection).then(Mono.error(RedisConnections.closedError()));
            }
            // Where it leads was asked before.
            return isLeftBehind()
                    ? connections.close(connection).then(Mono.error(RedisConnections.moved()))
                    : Mono.just(connection);
        }

        boolean isLeftBehind() {
            return moves != connections.moves();
        }

        /** The next who needs a connection makes a new one, and hears what is wrong with it. */
        private void checkAgain(C connection) {
            check.apply(connection).onErrorMap(connections::typed).subscribe(passed -> {}, error -> {
                if (!RedisErrors.isTransient(error)) {
                    giveUp(connection, String.valueOf(error.getMessage()));
                }
            });
        }

        private <T> Mono<T> heed(C connection, Mono<T> request) {
            return Mono.defer(() -> {
                long sent = System.nanoTime();
                return request.doOnSuccess(any -> answered())
                        .doOnError(error -> heed(connection, error, sent))
                        .doOnCancel(() -> ask(connection, sent));
            });
        }

        private void heed(C connection, Throwable error, long sent) {
            if (error instanceof RedisCommandExecutionException said) {
                answered();
                if (RedisErrors.meaning(said) == RedisErrors.Meaning.RECONNECT && isOld()) {
                    giveUp(connection, "Redis is no master any more on a connection");
                }
            } else if (error instanceof RedisCommandTimeoutException) {
                miss(connection, sent);
            } else if (error instanceof AnswersOutOfStep) {
                giveUp(connection, String.valueOf(error.getMessage()));
            }
        }

        private void answered() {
            answered = System.nanoTime();
            timeouts.set(0);
        }

        /** Who does not wait for the answer, for a shorter patience than ours, does not learn that there was none. */
        private void ask(C connection, long sent) {
            if (answered - sent < 0 && asking.compareAndSet(false, true)) {
                heed(connection, connection.reactive().ping())
                        .doFinally(end -> asking.set(false))
                        .subscribe(answer -> {}, error -> LOG.debug("no answer", error));
            }
        }

        /** A name that leads to a replica, and goes on doing so, is not asked again and again. */
        private boolean isOld() {
            return System.nanoTime() - madeAt > ONE_SECOND;
        }

        /** Where an earlier request was answered meanwhile, there is only a queue. */
        private void miss(C connection, long sent) {
            if (answered - sent < 0 && timeouts.incrementAndGet() >= unanswered) {
                giveUp(connection, "Redis answers nothing any more on a connection");
            }
        }

        private void giveUp(C connection, String why) {
            if (replace(this)) {
                LOG.warn("{}: giving it up for a new one", why);
                connections
                        .close(connection)
                        .subscribe(done -> {}, error -> LOG.debug("could not close a dead connection", error));
            }
        }
    }
}
