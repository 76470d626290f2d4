package dev.rq4j.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.reactive.ChannelMessage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Listens to all sentinels and tells when the master is another. Without that nobody would know for some ten seconds after a
 * planned failover, as the old master is told last, and what it says yes to until then is lost. When no sentinel can be
 * heard, that is how it is.
 */
final class MasterWatch {

    private static final Logger LOG = LoggerFactory.getLogger(MasterWatch.class);
    /**
     * The sentinel that leads says the first as soon as there is a new master, but the second only when all replicas follow
     * it; the others say the second, as soon as they are told.
     */
    private static final Map<String, Pattern> EVENTS = Map.of(
            "+promoted-slave", Pattern.compile("\\S+ \\S+ (?<host>\\S+) (?<port>\\S+) @ (?<master>\\S+) .*"),
            "+switch-master", Pattern.compile("(?<master>\\S+) \\S+ \\S+ (?<host>\\S+) (?<port>\\S+)"));

    /** For weeks there is nothing to hear, and a connection that is dead sounds the same. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(30);

    private final RedisEndpoint endpoint;
    private final Runnable moved;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final Disposable.Composite listening = Disposables.composite();
    private String master = "";
    private volatile RedisURI uri;

    MasterWatch(RedisEndpoint endpoint, Runnable moved) {
        this.endpoint = endpoint;
        this.moved = moved;
        this.uri = endpoint.uri();
    }

    /** Returns the URI by which the sentinel is asked first that was the first to know the master. */
    RedisURI uri() {
        return uri;
    }

    /** Begins to listen unless it does; what it tells is told on the driver's threads. */
    void begin() {
        if (begun.compareAndSet(false, true)) {
            endpoint.uri()
                    .getSentinels()
                    .forEach(sentinel -> listening.add(listen(sentinel).subscribe()));
        }
    }

    void close() {
        listening.dispose();
    }

    /** Goes on for ever. A connection that breaks the driver makes again, and listens on it; a silent one is replaced. */
    private Flux<String> listen(RedisURI sentinel) {
        RedisClient client = endpoint.client();
        return Flux.usingWhen(
                        Mono.fromCompletionStage(() -> client.connectPubSubAsync(StringCodec.UTF8, sentinel)),
                        MasterWatch::messages,
                        connection -> Mono.fromCompletionStage(connection::closeAsync))
                .doOnNext(said -> hear(sentinel, said))
                .doOnError(error -> LOG.debug("cannot listen to {}", sentinel, error))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(500))
                        .maxBackoff(Duration.ofSeconds(10))
                        .jitter(0.5));
    }

    private static Flux<String> messages(StatefulRedisPubSubConnection<String, String> sentinel) {
        return sentinel.reactive()
                .observeChannels()
                .map(ChannelMessage::getMessage)
                .mergeWith(sentinel.reactive()
                        .subscribe(EVENTS.keySet().toArray(String[]::new))
                        .then(Mono.never()))
                .mergeWith(Flux.interval(SIGN_OF_LIFE)
                        .onBackpressureDrop()
                        .concatMap(tick -> sentinel.reactive().ping().then(Mono.<String>empty())));
    }

    /** Says once of each new master that it is; the others say the same later. */
    private void hear(RedisURI sentinel, String said) {
        EVENTS.values().stream()
                .map(form -> form.matcher(said))
                .filter(Matcher::matches)
                .filter(event -> event.group("master").equals(endpoint.uri().getSentinelMasterId()))
                .map(event -> event.group("host") + ":" + event.group("port"))
                .filter(this::isNews)
                .forEach(address -> {
                    LOG.info("Sentinel says that the master is another: {}", address);
                    uri = endpoint.uriAsking(sentinel);
                    moved.run();
                });
    }

    private synchronized boolean isNews(String address) {
        boolean news = !master.equals(address);
        master = address;
        return news;
    }
}
