package dev.rq4j.worker;

import dev.rq4j.job.JobException;
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
import reactor.core.scheduler.Scheduler;

/**
 * The stream of jobs that a worker claims. Demand reaches Redis: a request for n claims at most n, and never more than
 * are free of all that may be held. One request is under way at a time, so that slots that become free meanwhile are
 * served by the next one together.
 *
 * <p>A request whose answer is lost has perhaps leased jobs, and sent again it gets the same ones. So it is repeated until
 * it is answered, and when the stream is over meanwhile, for as long as closing a session waits, and what it brings is
 * handed back. Only then it is given up: what it may have leased is recovered when the leases end.
 */
final class ClaimStream {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimStream.class);
    /** The most that one script hands out: it shall not take long. */
    private static final int BATCH = 256;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private final WorkerOptions options;
    private final @Nullable Drain drain;
    private final Leases leases;
    private final Quiet quiet;
    private final LeaseStore store;
    private final News news;
    private final String claimer = randomName();
    private final Sinks.Empty<Void> stopping = Sinks.empty();
    private final Sinks.Empty<Void> over = Sinks.empty();
    private final AtomicReference<@Nullable MonoSink<Boolean>> sleeper = new AtomicReference<>();
    private volatile boolean begun;
    private volatile boolean stopped;
    private volatile long stoppedAt;
    /** When the request was sent whose answer comes next. */
    private volatile long asked;

    private long turn;
    /** From where to claim next. */
    private List<String> queues;

    ClaimStream(
            WorkerOptions options,
            @Nullable Drain drain,
            Leases leases,
            Quiet quiet,
            Engine engine,
            QueueSignal signal,
            Threads threads) {
        this.options = options;
        this.drain = drain;
        this.queues = options.queues();
        this.leases = leases;
        this.quiet = quiet;
        this.store = engine.leases();
        this.news = new News(options.queues(), signal, engine, threads.timer());
    }

    /**
     * Claims as demand comes, and hands out what it gets on this scheduler; completes when stopped, and a drain when nothing
     * is left to do.
     */
    Flux<Lease> leases(Scheduler handOut) {
        return Flux.<Lease>create(
                        sink -> {
                            sink.onRequest(n -> wake());
                            sink.onDispose(this::stop);
                            leases.whenFreed(this::wake);
                            quiet.whenOver(this::wake);
                            begun = true;
                            Mono.defer(() -> turn(sink, handOut))
                                    .repeat()
                                    .takeWhile(more -> more)
                                    .onErrorResume(error -> stopped, error -> {
                                        LOG.info("gave up a request for jobs: {}", error.toString());
                                        return Mono.empty();
                                    })
                                    .doOnTerminate(over::tryEmitEmpty)
                                    .subscribe(more -> {}, sink::error, sink::complete);
                        },
                        FluxSink.OverflowStrategy.ERROR)
                .doOnDiscard(
                        Lease.class, lease -> leases.giveBack(List.of(lease)).subscribe());
    }

    /** Ends the stream: nothing more is claimed, and what a request under way brings is handed back. */
    void stop() {
        if (!stopped) {
            stoppedAt = System.nanoTime();
            stopped = true;
        }
        stopping.tryEmitEmpty();
        wake();
    }

    /** Completes when no request is under way any more and none will be. */
    Mono<Void> over() {
        return Mono.defer(() -> begun ? over.asMono() : Mono.empty());
    }

    private boolean isPatient() {
        return !stopped || System.nanoTime() - stoppedAt < Session.LAST_WORDS.toNanos();
    }

    /** One turn: wait for demand, claim, deliver, and wait for work if there was none. Emits whether to go on. */
    private Mono<Boolean> turn(FluxSink<Lease> sink, Scheduler handOut) {
        return demand(sink).flatMap(wanted -> stopped ? Mono.just(false) : serve(sink, wanted, handOut));
    }

    private Mono<Boolean> serve(FluxSink<Lease> sink, int wanted, Scheduler handOut) {
        boolean idle = leases.size() == 0;
        return claim(wanted)
                .doOnNext(claims -> quiet.suspended(claims.suspended()))
                .flatMap(claims -> deliver(sink, claims, handOut).then(Mono.defer(() -> rest(claims, wanted, idle))));
    }

    /** Emits how many jobs may be claimed now, as soon as that is any, or the stream is over. */
    private Mono<Integer> demand(FluxSink<Lease> sink) {
        return Mono.defer(() -> {
                    int wanted = wanted(sink);
                    return wanted > 0 || stopped
                            ? Mono.just(wanted)
                            : sleep(() -> wanted(sink) > 0).then(Mono.<Integer>empty());
                })
                .repeatWhenEmpty(Integer.MAX_VALUE, again -> again);
    }

    private int wanted(FluxSink<Lease> sink) {
        if (quiet.isOn()) {
            return 0;
        }
        long free = leases.free(options.concurrency());
        return (int) Math.min(Math.min(sink.requestedFromDownstream(), free), BATCH);
    }

    private Mono<Claims> claim(int wanted) {
        // One for all attempts, which it counts.
        Mono<Claims> request = store.claim(new ClaimRequest(
                options.name(),
                claimer,
                randomName(),
                wanted,
                options.lease(),
                options.order().next(queues, turn++)));
        return Mono.defer(() -> {
                    asked = System.nanoTime();
                    return request;
                })
                .retryWhen(Patience.withPausesUpTo(LONGEST_PAUSE)
                        .filter(error -> (Patience.helps(error) || isOfOneQueue(error)) && isPatient())
                        .doBeforeRetry(retry -> LOG.debug("cannot claim now", retry.failure())));
    }

    /** A key of the wrong type, say: the script tells of it only while the other queues have nothing, and they go on. */
    private boolean isOfOneQueue(Throwable error) {
        boolean broken = drain == null && error instanceof JobException.ServerError;
        if (broken) {
            LOG.error("cannot claim from a queue of {}", options.queues(), error);
        }
        return broken;
    }

    /**
     * Holds the leases from this moment, and hands them out. What comes too late goes back from where it is: the threads may
     * have gone, or the leases be over, since this JVM or Redis stood still, and the jobs be somebody else's.
     */
    private Mono<Void> deliver(FluxSink<Lease> sink, Claims claims, Scheduler handOut) {
        List<Lease> taken = claims.jobs().stream().map(leases::hold).toList();
        if (taken.isEmpty()) {
            return Mono.empty();
        }
        if (stopped || System.nanoTime() - asked > options.lease().toNanos()) {
            return leases.giveBack(taken);
        }
        return Mono.just(taken).publishOn(handOut).flatMap(all -> {
            int delivered = 0;
            while (delivered < all.size() && !stopped) {
                sink.next(all.get(delivered++));
            }
            return leases.giveBack(all.subList(delivered, all.size()));
        });
    }

    /**
     * After a claim: go on at once if it brought all that was wanted, otherwise wait for something new. The claim that would
     * bring nothing would stand before the end of the job that this one has brought.
     */
    private Mono<Boolean> rest(Claims claims, int wanted, boolean wasIdle) {
        if (stopped) {
            return Mono.just(false);
        }
        if (drain != null) {
            return rest(drain, claims, wasIdle);
        }
        if (claims.jobs().size() >= wanted) {
            return Mono.just(true);
        }
        Mono<Void> next = claims.jobs().isEmpty() ? news.after(claims) : news.soonAfter(claims);
        return Mono.firstWithSignal(next, stopping.asMono()).thenReturn(true);
    }

    /** It ends when nothing is left but what it gave back, if nothing ran that may have enqueued more. */
    private Mono<Boolean> rest(Drain drain, Claims claims, boolean wasIdle) {
        if (claims.suspended()) {
            return Mono.just(false);
        }
        if (drain.isNews(claims)) {
            return Mono.just(true);
        }
        return drain.unfinished(claims)
                .retryWhen(Patience.withPausesUpTo(LONGEST_PAUSE).filter(error -> Patience.helps(error) && !stopped))
                .flatMap(unfinished -> {
                    queues = unfinished.isEmpty() ? options.queues() : unfinished;
                    if (wasIdle || !unfinished.isEmpty()) {
                        return Mono.just(!unfinished.isEmpty());
                    }
                    Mono<Void> more = drain.hasGivenBack() ? news.pause() : news.after(claims);
                    return Mono.firstWithSignal(sleep(() -> leases.size() == 0), more)
                            .thenReturn(true);
                });
    }

    /** Completes when somebody wakes it; the condition is looked at once more after it can be woken. */
    private Mono<Void> sleep(BooleanSupplier woken) {
        return Mono.<Boolean>create(sink -> {
                    sleeper.set(sink);
                    if (woken.getAsBoolean() || stopped) {
                        wake();
                    }
                })
                .then();
    }

    private static String randomName() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private void wake() {
        MonoSink<Boolean> sink = sleeper.getAndSet(null);
        if (sink != null) {
            sink.success(true);
        }
    }
}
