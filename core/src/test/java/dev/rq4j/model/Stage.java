package dev.rq4j.model;

import static dev.rq4j.PretendWorker.get;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.redis.Engine;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Where a history is played: a namespace, a client whose answers get lost now and then, and what should be. */
final class Stage implements AutoCloseable {

    /** A database of its own: the whole of it is read after each step. */
    private static final String DATABASE = "/7";

    private static final int TRAIL = Integer.getInteger("model.trail", 40);

    final Random random;
    final World world = new World();
    final RawRedis redis = new RawRedis(RedisExtension.uri() + DATABASE, "model-" + UUID.randomUUID());

    private final TcpProxy proxy = new TcpProxy(RedisExtension.uri());
    private final JobClient client =
            JobClient.connect(proxy.uri() + DATABASE, JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
    private final Deque<String> trail = new ArrayDeque<>();
    private final int lossPercent;
    private boolean lost;
    private boolean sentTwice;

    Stage(long seed, int lossPercent) {
        this.random = new Random(seed);
        this.lossPercent = lossPercent;
    }

    Engine engine() {
        return client.engine();
    }

    JobClient client() {
        return client;
    }

    byte[] value(String text) {
        return client.engine().codec().encodeValue(text);
    }

    /** Sends a request; now and then its answer is lost, and it is sent again. */
    <T> T send(Mono<T> request) {
        int before = proxy.swallowed();
        if (chance(lossPercent)) {
            proxy.swallowAnswers(1);
        }
        try {
            return get(request);
        } finally {
            lost = proxy.swallowed() > before;
            sentTwice = lost;
            if (lost) {
                note("  (the answer was lost)");
            }
        }
    }

    /** Sends a request; now and then its first attempt comes late, when the second is long done: it must change nothing. */
    <T> T sendEarlyOrLate(Mono<T> request) {
        if (proxy.isHolding() || !chance(lossPercent)) {
            return send(request);
        }
        proxy.holdRequest();
        try {
            return get(request);
        } finally {
            lost = false;
            sentTwice = true;
            note("  (the first attempt is under way)");
        }
    }

    /** Returns whether a first attempt is yet to arrive. */
    boolean hasUnderWay() {
        return proxy.isHolding();
    }

    /** What was under way arrives. */
    void deliver() {
        if (proxy.isHolding()) {
            note("a first attempt arrives");
            proxy.deliverHeld();
        }
    }

    void run(Mono<Void> request) {
        send(request.thenReturn(true));
    }

    void runEarlyOrLate(Mono<Void> request) {
        sendEarlyOrLate(request.thenReturn(true));
    }

    /** Returns whether the answer to the request sent last was lost. */
    boolean wasLost() {
        return lost;
    }

    /** Returns whether the request sent last was sent twice: it may find what is done already. */
    boolean wasSentTwice() {
        return sentTwice;
    }

    void note(String step) {
        trail.addLast(step);
        if (trail.size() > TRAIL) {
            trail.removeFirst();
        }
    }

    String trail() {
        return String.join("\n", trail);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T one(java.util.List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    @Override
    public void close() {
        client.close().block();
        proxy.close();
        redis.close();
    }
}
