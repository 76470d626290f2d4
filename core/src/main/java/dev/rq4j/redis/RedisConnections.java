package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The connections of one client: one that all commands share, one for leases, and new ones for messages and for those who
 * block. All are closed with it, and when Sentinel says that the master is another.
 */
final class RedisConnections {

    private static final Logger LOG = LoggerFactory.getLogger(RedisConnections.class);
    static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    /** The driver has deadlines of its own, but says nothing any more when it is shut down meanwhile. */
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);

    /** What is sent here is small and seldom: when it gets no answer in time, the connection is dead. */
    private static final int LEASE_UNANSWERED = 1;

    private final RedisEndpoint endpoint;
    private final Set<StatefulConnection<?, ?>> open = ConcurrentHashMap.newKeySet();
    private final KeptConnection<StatefulRedisConnection<String, byte[]>> commands;
    private final KeptConnection<StatefulRedisConnection<String, byte[]>> leases;
    private final MasterWatch watch;
    private final AtomicInteger moves = new AtomicInteger();
    private volatile boolean closed;

    RedisConnections(RedisEndpoint endpoint, ServerCheck check) {
        this.endpoint = endpoint;
        this.watch = new MasterWatch(endpoint, this::move);
        this.commands = new KeptConnection<>(this, dedicated(), check::accept, KeptConnection.UNANSWERED);
        this.leases = new KeptConnection<>(this, dedicated(), check::accept, LEASE_UNANSWERED);
    }

    /** Returns the connection that all commands share; who uses it knows that the server was looked at. */
    KeptConnection<StatefulRedisConnection<String, byte[]>> commands() {
        return commands;
    }

    /**
     * Returns the connection that only extends leases, made when the first is. Neither a large answer on its way to us nor a
     * large result on its way to Redis can make a lease run out; settling, which carries such results, stays with the others.
     */
    KeptConnection<StatefulRedisConnection<String, byte[]>> leases() {
        return leases;
    }

    boolean isClosed() {
        return closed;
    }

    /** Returns how often the master has become another: what was connected before that is of no use. */
    int moves() {
        return moves.get();
    }

    private void move() {
        moves.incrementAndGet();
        open.forEach(connection -> close(connection)
                .subscribe(done -> {}, error -> LOG.debug("could not close a connection to an old master", error)));
    }

    /** Returns the typed error; whatever the driver says once the client is closed, that is the cause. */
    Throwable typed(Throwable error) {
        if (closed && !(error instanceof JobException.Closed)) {
            return closedError();
        }
        Throwable typed = RedisErrors.typed(error);
        return typed instanceof JobException.ServerReadOnly demoted && endpoint.isSentinel()
                ? new JobException.ServerUnavailable("the master is a replica now: " + demoted.getMessage(), demoted)
                : typed;
    }

    /** Makes a new connection for messages at each subscription. */
    Mono<StatefulRedisPubSubConnection<String, byte[]>> forMessages() {
        return connect(() -> endpoint.client().connectPubSubAsync(CODEC, watch.uri()));
    }

    /** Makes a new connection at each subscription, for commands that block; the caller closes it. */
    Mono<StatefulRedisConnection<String, byte[]>> dedicated() {
        return connect(() -> endpoint.client().connectAsync(CODEC, watch.uri()));
    }

    /** Emits a new connection when the preparation is done; if that fails, the connection is closed. */
    <C extends StatefulConnection<?, ?>> Mono<C> prepared(C connection, Mono<?> preparation) {
        return preparation
                .then(Mono.just(connection))
                .onErrorResume(error -> close(connection).then(Mono.error(error)));
    }

    Mono<Void> close(StatefulConnection<?, ?> connection) {
        open.remove(connection);
        return Mono.fromCompletionStage(connection::closeAsync);
    }

    /** Closes every connection, and the threads that are ours. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            closed = true;
            watch.close();
            return Flux.fromIterable(open)
                    .flatMap(connection -> close(connection).onErrorComplete())
                    .then(Mono.fromCompletionStage(() -> endpoint.client().shutdownAsync(0, 2, TimeUnit.SECONDS))
                            .onErrorComplete())
                    .then(Mono.defer(this::releaseThreads));
        });
    }

    private static JobException noAnswer() {
        return new JobException.ServerUnavailable("no connection to Redis within " + CONNECT_DEADLINE, null);
    }

    static JobException moved() {
        return new JobException.ServerUnavailable("the master has become another", null);
    }

    static JobException closedError() {
        return new JobException.Closed();
    }

    private Mono<Void> releaseThreads() {
        return Mono.<Void>create(sink -> endpoint.client()
                .getResources()
                .shutdown(0, 2, TimeUnit.SECONDS)
                .addListener(done -> sink.success()));
    }

    private <C extends StatefulConnection<String, byte[]>> Mono<C> connect(Supplier<CompletionStage<C>> connecting) {
        return Mono.defer(() -> {
                    if (closed) {
                        return Mono.<C>error(closedError());
                    }
                    watch.begin();
                    return Mono.fromCompletionStage(connecting);
                })
                .timeout(CONNECT_DEADLINE, Mono.error(RedisConnections::noAnswer))
                .flatMap(connection -> {
                    open.add(connection);
                    return closed ? close(connection).then(Mono.<C>error(closedError())) : Mono.just(connection);
                })
                .onErrorMap(this::typed);
    }
}
