package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.KqueueProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where Redis is and whose threads talk to it. Nothing is connected before somebody needs it. */
public final class RedisEndpoint {

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Supplier<Delay> RECONNECT_DELAY =
            Delay.decorrelatedJitter(Duration.ofMillis(50), Duration.ofSeconds(2), 100, TimeUnit.MILLISECONDS);
    /** How many requests wait for Redis at most. */
    static final int MAX_PENDING = 32_768;

    private static final Pattern TIMEOUT = Pattern.compile("[?&]timeout=", Pattern.CASE_INSENSITIVE);

    private final RedisURI uri;
    private final RedisClient client;

    private RedisEndpoint(RedisURI uri, ClientResources.Builder resources, ClientOptions base) {
        this.uri = uri;
        this.client =
                RedisClient.create(resources.reconnectDelay(RECONNECT_DELAY).build());
        this.client.setOptions(reliable(base));
    }

    /**
     * Returns the endpoint at a URI as Lettuce reads it, {@code redis://[user:password@]host[:port][/database]} or
     * {@code rediss://} for TLS, or {@code redis-sentinel://host[:port][,host[:port]][/database]#master} for the master that
     * Sentinel names; {@code ?timeout=5s} after it sets how long a command may take instead of 3 s.
     *
     * @throws JobException.Invalid when it cannot be read, or not be connected to from this JVM
     */
    public static RedisEndpoint of(String uri) {
        return new RedisEndpoint(
                bounded(parsed(uri), TIMEOUT.matcher(uri).find()), ClientResources.builder(), ClientOptions.create());
    }

    /**
     * Returns the endpoint at a {@code rediss://} URI, with certificates other than the JVM's. The server has to have the
     * name by which it is called, unless the URI says {@code ?verifyPeer=CA}, or {@code NONE}, which is no protection at all.
     *
     * @throws JobException.Invalid when the URI cannot be read or does not ask for TLS
     */
    public static RedisEndpoint of(String uri, TlsOptions tls) {
        RedisURI parsed = parsed(uri);
        if (!parsed.isSsl() && parsed.getSentinels().stream().noneMatch(RedisURI::isSsl)) {
            throw new JobException.Invalid("options of TLS need a URI that asks for it, such as rediss://host:port");
        }
        ClientOptions options =
                ClientOptions.builder().sslOptions(tls.toSslOptions()).build();
        return new RedisEndpoint(bounded(parsed, TIMEOUT.matcher(uri).find()), ClientResources.builder(), options);
    }

    private static RedisURI parsed(String uri) {
        try {
            return RedisURI.create(uri);
        } catch (RuntimeException unreadable) {
            throw new JobException.Invalid(
                    "a Redis URI must look like redis://[user:password@]host[:port][/database] or"
                            + " redis-sentinel://[password@]host[:port],...[/database]#master, but is unreadable");
        }
    }

    /**
     * Returns the endpoint at a URI, reached with the threads, the TLS and the socket options of a client that the
     * application owns and goes on owning. What makes a command run twice or wait without bound, and how soon a broken
     * connection is made again, is set apart for rq4j's own connections; the application's are left as they are, and so is
     * the URI. A timeout of a minute in it counts as not set, since that is what the driver puts there.
     *
     * @throws JobException.Invalid when it cannot be connected to from this JVM
     */
    public static RedisEndpoint of(RedisClient client, RedisURI uri) {
        return new RedisEndpoint(bounded(uri, false), shared(client.getResources()), client.getOptions());
    }

    /**
     * What is handed over by name is left running when the copy is shut down. A mere {@code mutate()} would take new event
     * loops, and stop the application's timer and executor with the copy.
     */
    private static ClientResources.Builder shared(ClientResources resources) {
        return resources
                .mutate()
                .eventLoopGroupProvider(resources.eventLoopGroupProvider())
                .eventExecutorGroup(resources.eventExecutorGroup())
                .timer(resources.timer())
                .commandLatencyRecorder(resources.commandLatencyRecorder())
                // The application's own publisher tells of our commands too.
                .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled());
    }

    RedisClient client() {
        return client;
    }

    RedisURI uri() {
        return uri;
    }

    /** Returns the URI by which this one of the sentinels is asked first. */
    RedisURI uriAsking(RedisURI sentinel) {
        List<RedisURI> sentinels = Stream.concat(
                        Stream.of(sentinel), uri.getSentinels().stream().filter(other -> !other.equals(sentinel)))
                .toList();
        return copy(uri, uri.getTimeout(), sentinels);
    }

    /** Returns whether Sentinel says where the master is, anew for each connection. */
    boolean isSentinel() {
        return !uri.getSentinels().isEmpty();
    }

    /**
     * Returns a copy of the URI, and of those of its sentinels, which the driver does not copy. The driver's own default of a
     * minute would let a frozen server hold everybody up for that long, unless somebody asks for just that, and its zero for
     * ever.
     */
    private static RedisURI bounded(RedisURI uri, boolean timeoutAsked) {
        Duration asked = uri.getTimeout();
        if (asked.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new JobException.Invalid(
                    "the timeout of a Redis URI must be at most " + LONGEST_TIMEOUT + ", but was " + asked);
        }
        if (uri.getSocket() != null && !EpollProvider.isAvailable() && !KqueueProvider.isAvailable()) {
            throw new JobException.Invalid(
                    "a Redis URI of a socket needs netty's native epoll or kqueue, which this JVM does not have");
        }
        boolean unbounded = asked.isZero() || (!timeoutAsked && asked.equals(RedisURI.DEFAULT_TIMEOUT_DURATION));
        List<RedisURI> sentinels = uri.getSentinels().stream()
                .map(sentinel -> bounded(sentinel, false))
                .toList();
        return copy(uri, unbounded ? COMMAND_TIMEOUT : asked, sentinels);
    }

    private static RedisURI copy(RedisURI uri, Duration timeout, List<RedisURI> sentinels) {
        RedisURI.Builder copy = RedisURI.builder(uri).withTimeout(timeout);
        if (!sentinels.isEmpty()) {
            copy.withSentinelMasterId(uri.getSentinelMasterId());
            sentinels.forEach(copy::withSentinel);
        }
        return copy.build();
    }

    /**
     * Commands that were sent and not answered when a connection broke are not sent again by the driver: it cannot know
     * which of them may run twice. We know, and repeat those ourselves. Everything that waits is bounded in number and in
     * time.
     */
    private static ClientOptions reliable(ClientOptions base) {
        SocketOptions sockets = base.getSocketOptions();
        return base.mutate()
                .autoReconnect(true)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MAX_PENDING)
                .timeoutOptions(TimeoutOptions.enabled())
                .socketOptions(sockets.mutate().connectTimeout(CONNECT_TIMEOUT).build())
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .publishOnScheduler(false)
                .build();
    }

    /** Names the server without its password. */
    @Override
    public String toString() {
        return uri.toString();
    }
}
