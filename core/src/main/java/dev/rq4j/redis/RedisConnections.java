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
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The connections of one client: one that all commands share, made when first needed and kept, and dedicated ones for
 * messages and for those who block. A connection that could not be made is tried again by the next who needs it; one
 * that breaks reconnects by itself.
 */
final class RedisConnections {

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);
    /** The driver has deadlines of its own, but says nothing any more when it is shut down meanwhile. */
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);

    private final RedisEndpoint endpoint;
    private final Set<StatefulConnection<?, ?>> open = ConcurrentHashMap.newKeySet();
    private final Mono<StatefulRedisConnection<String, byte[]>> commands;
    private volatile boolean closed;

    RedisConnections(RedisEndpoint endpoint) {
        this.endpoint = endpoint;
        this.commands = kept(dedicated().flatMap(this::supported));
    }

    /** Emits the connection that all commands share, once the server is known to be new enough. */
    Mono<StatefulRedisConnection<String, byte[]>> commands() {
        return whileOpen(commands);
    }

    /** Emits a kept connection, or signals {@link JobException.Closed} once the client is closed. */
    <C> Mono<C> whileOpen(Mono<C> kept) {
        return Mono.defer(() -> closed ? Mono.error(closedError()) : kept);
    }

    /** Returns the typed error; whatever the driver says once the client is closed, that is the cause. */
    Throwable typed(Throwable error) {
        return closed && !(error instanceof JobException.Closed) ? closedError() : RedisErrors.typed(error);
    }

    /** Makes a new connection for messages at each subscription. */
    Mono<StatefulRedisPubSubConnection<String, byte[]>> forMessages() {
        return connect(() -> endpoint.client().connectPubSubAsync(CODEC, endpoint.uri()));
    }

    /** Makes a new connection at each subscription, for commands that block; the caller closes it. */
    Mono<StatefulRedisConnection<String, byte[]>> dedicated() {
        return connect(() -> endpoint.client().connectAsync(CODEC, endpoint.uri()));
    }

    Mono<Void> close(StatefulConnection<?, ?> connection) {
        open.remove(connection);
        return Mono.fromCompletionStage(connection::closeAsync);
    }

    /** Closes every connection, and the threads if they are ours. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            closed = true;
            return Flux.fromIterable(open)
                    .flatMap(this::close)
                    .onErrorComplete()
                    .then(Mono.fromCompletionStage(() -> endpoint.client().shutdownAsync(0, 2, TimeUnit.SECONDS)))
                    .then(Mono.defer(this::releaseThreads));
        });
    }

    private static JobException noAnswer() {
        return new JobException.ServerUnavailable("no connection to Redis within " + CONNECT_DEADLINE, null);
    }

    static JobException closedError() {
        return new JobException.Closed();
    }

    private Mono<Void> releaseThreads() {
        if (!endpoint.ownsResources()) {
            return Mono.empty();
        }
        return Mono.<Void>create(sink -> endpoint.client()
                .getResources()
                .shutdown(0, 2, TimeUnit.SECONDS)
                .addListener(done -> sink.success()));
    }

    private <C extends StatefulConnection<String, byte[]>> Mono<C> connect(Supplier<CompletionStage<C>> connecting) {
        return Mono.defer(() -> closed ? Mono.error(closedError()) : Mono.fromCompletionStage(connecting))
                .timeout(CONNECT_DEADLINE, Mono.error(RedisConnections::noAnswer))
                .flatMap(connection -> {
                    open.add(connection);
                    return closed ? close(connection).then(Mono.<C>error(closedError())) : Mono.just(connection);
                })
                .onErrorMap(this::typed);
    }

    /** Makes a connection when first needed and keeps it; a failure is not kept. */
    static <C> Mono<C> kept(Mono<C> connecting) {
        return connecting.cache(connection -> FOR_EVER, error -> Duration.ZERO, () -> Duration.ZERO);
    }

    private Mono<StatefulRedisConnection<String, byte[]>> supported(
            StatefulRedisConnection<String, byte[]> connection) {
        return connection
                .reactive()
                .info("server")
                .onErrorMap(RedisErrors::typed)
                .onErrorResume(JobException.AccessDenied.class, hidden -> Mono.just(""))
                .flatMap(info -> ServerVersion.ofInfo(info).check())
                .thenReturn(connection)
                .onErrorResume(error -> close(connection).then(Mono.error(error)));
    }
}
