package dev.rq4j.worker;

import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.Claims;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.QueueSignal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/**
 * The stream of jobs that a worker claims. Demand reaches Redis: a request for n claims at most n, and never more than
 * are free of all that may be held. One request is under way at a time, so that slots that become free meanwhile are
 * served by the next one together.
 *
 * <p>A request that was sent is never given up: when the stream is cancelled meanwhile, what it brings is handed back.
 */
final class ClaimStream {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimStream.class);
    /** The most that one script hands out: it shall not take long. */
    private static final int BATCH = 256;

    private static final Claims NOTHING = new Claims(List.of(), false);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration SUSPENDED_PAUSE = Duration.ofSeconds(1);

    private final WorkerOptions options;
    private final boolean burst;
    private final Leases leases;
    private final LeaseStore store;
    private final QueueSignal signal;
    private final Threads threads;
    private final Sinks.Empty<Void> stopping = Sinks.empty();
    private final Sinks.Empty<Void> over = Sinks.empty();
    private final AtomicReference<@Nullable MonoSink<Boolean>> sleeper = new AtomicReference<>();
    private volatile boolean begun;
    private volatile boolean stopped;
    private volatile boolean cancelled;
    private long turn;

    ClaimStream(
            WorkerOptions options, boolean burst, Leases leases, Engine engine, QueueSignal signal, Threads threads) {
        this.options = options;
        this.burst = burst;
        this.leases = leases;
        this.store = engine.leases();
        this.signal = signal;
        this.threads = threads;
    }

    /** Claims as demand comes; completes when stopped, and in burst mode when nothing is left to do. */
    Flux<Lease> leases() {
        return Flux.<Lease>create(
                        sink -> {
                            sink.onRequest(n -> wake());
                            sink.onDispose(this::cancel);
                            leases.whenFreed(this::wake);
                            begun = true;
                            Mono.defer(() -> turn(sink))
                                    .repeat()
                                    .takeWhile(more -> more)
                                    .doOnTerminate(over::tryEmitEmpty)
                                    .subscribe(more -> {}, sink::error, sink::complete);
                        },
                        FluxSink.OverflowStrategy.ERROR)
                .doOnDiscard(Lease.class, lease -> handBack(List.of(lease)).subscribe());
    }

    /** Ends the stream: nothing more is claimed, and what a request under way brings is handed back. */
    void stop() {
        stopped = true;
        wakeAll();
    }

    /** Completes when no request is under way any more and none will be. */
    Mono<Void> over() {
        return Mono.defer(() -> begun ? over.asMono() : Mono.empty());
    }

    private void cancel() {
        cancelled = true;
        wakeAll();
    }

    private boolean isOver() {
        return stopped || cancelled;
    }

    /** One turn: wait for demand, claim, deliver, and wait for work if there was none. Emits whether to go on. */
    private Mono<Boolean> turn(FluxSink<Lease> sink) {
        return demand(sink)
                .flatMap(wanted -> isOver()
                        ? Mono.just(false)
                        : claim(wanted).flatMap(claims -> deliver(sink, claims).then(Mono.defer(() -> rest(claims)))));
    }

    /** Emits how many jobs may be claimed now, as soon as that is any, or the stream is over. */
    private Mono<Integer> demand(FluxSink<Lease> sink) {
        return Mono.defer(() -> {
                    int wanted = wanted(sink);
                    return wanted > 0 || isOver()
                            ? Mono.just(wanted)
                            : sleep(() -> wanted(sink) > 0).then(Mono.<Integer>empty());
                })
                .repeatWhenEmpty(Integer.MAX_VALUE, again -> again);
    }

    private int wanted(FluxSink<Lease> sink) {
        int free = options.concurrency() - leases.size();
        return (int) Math.min(Math.min(sink.requestedFromDownstream(), free), BATCH);
    }

    private Mono<Claims> claim(int wanted) {
        ClaimRequest request = new ClaimRequest(
                options.name(),
                options.name(),
                UUID.randomUUID().toString().replace("-", ""),
                wanted,
                options.lease(),
                options.order().next(options.queues(), turn++));
        return store.claim(request)
                .retryWhen(Patience.withPausesUpTo(LONGEST_PAUSE)
                        .filter(error -> Patience.helps(error) && !isOver())
                        .doBeforeRetry(retry -> LOG.debug("cannot claim now", retry.failure())))
                .onErrorResume(Patience::helps, error -> Mono.just(NOTHING));
    }

    /** Holds the leases from this moment, and hands them out on a thread that is not the driver's. */
    private Mono<Void> deliver(FluxSink<Lease> sink, Claims claims) {
        List<Lease> taken = claims.jobs().stream().map(leases::hold).toList();
        if (taken.isEmpty()) {
            return Mono.empty();
        }
        return Mono.just(taken).publishOn(threads.handlers()).flatMap(all -> {
            int delivered = 0;
            while (delivered < all.size() && !isOver()) {
                sink.next(all.get(delivered++));
            }
            return handBack(all.subList(delivered, all.size()));
        });
    }

    /** After a claim: go on at once if it brought all that there was demand for, otherwise wait for something new. */
    private Mono<Boolean> rest(Claims claims) {
        if (isOver()) {
            return Mono.just(false);
        }
        if (!claims.jobs().isEmpty()) {
            return Mono.just(true);
        }
        if (burst) {
            // What still runs may enqueue more, and wait for it.
            return claims.suspended() || leases.size() == 0
                    ? Mono.just(false)
                    : Mono.firstWithSignal(sleep(() -> leases.size() == 0), signal.await(options.queues()))
                            .thenReturn(true);
        }
        Mono<?> news =
                claims.suspended() ? Mono.delay(SUSPENDED_PAUSE, threads.timer()) : signal.await(options.queues());
        return Mono.firstWithSignal(news.then(), stopping.asMono()).thenReturn(true);
    }

    private Mono<Void> handBack(List<Lease> undelivered) {
        return leases.giveBack(undelivered);
    }

    /** Completes when somebody wakes it; the condition is looked at once more after it can be woken. */
    private Mono<Void> sleep(BooleanSupplier woken) {
        return Mono.<Boolean>create(sink -> {
                    sleeper.set(sink);
                    if (woken.getAsBoolean() || isOver()) {
                        wake();
                    }
                })
                .then();
    }

    private void wake() {
        MonoSink<Boolean> sink = sleeper.getAndSet(null);
        if (sink != null) {
            sink.success(true);
        }
    }

    private void wakeAll() {
        stopping.tryEmitEmpty();
        wake();
    }
}
