package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import dev.rq4j.redis.WorkerRecord;
import dev.rq4j.redis.WorkerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/** Keeps a worker on the lists of workers, with what it does and what it did. */
final class Registration {

    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    /** A third of the time for which it is known: two of three may be lost. */
    private static final Duration PAUSE = Duration.ofSeconds(20);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** How soon it shows that a job has ended or another is the current one. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final WorkerOptions options;
    private final WorkerStore store;
    private final Leases leases;
    private final Statistics statistics;
    private final Quiet quiet;
    private final String token = UUID.randomUUID().toString();
    private final Instant born = Instant.now();
    private CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);
    private volatile boolean listed;
    private boolean silent;
    private volatile long toldAt;
    private volatile @Nullable Shown shown;

    Registration(WorkerOptions options, WorkerStore store, Leases leases, Statistics statistics, Quiet quiet) {
        this.options = options;
        this.store = store;
        this.leases = leases;
        this.statistics = statistics;
        this.quiet = quiet;
    }

    /**
     * Registers, waiting for Redis as long as it takes, and for a replica to become the master. Signals
     * {@link JobException.WorkerNameTaken}.
     */
    Mono<Void> begin() {
        return Mono.defer(() -> store.register(record()))
                .retryWhen(Patience.withPausesUpTo(LONGEST_PAUSE)
                        .doBeforeRetry(retry -> LOG.warn(
                                "waiting for Redis: {}", retry.failure().getMessage())))
                .doOnSuccess(done -> listed = true);
    }

    /** Renews what is known of the worker, for ever. */
    Mono<Void> keep(Pulse pulse) {
        return pulse.every(LOOK, "renew the registration", Mono.defer(this::tellNews));
    }

    /** Takes the worker off the lists, with a last word about what it did. */
    Mono<Void> end() {
        return Mono.defer(() -> Mono.fromFuture(fallSilent(), true))
                .then(Mono.defer(() -> listed ? tell() : Mono.empty()))
                .then(store.unregister(record()))
                .onErrorResume(error -> {
                    LOG.debug("could not say goodbye; the registration expires", error);
                    return Mono.empty();
                });
    }

    /** Laying down a duty does not hold up what has begun on another thread: a worker must not be listed again after all. */
    private synchronized Mono<Void> tellNews() {
        return !silent && isNewsOrDue() ? tell() : Mono.empty();
    }

    private synchronized CompletableFuture<?> fallSilent() {
        silent = true;
        return underWay;
    }

    /**
     * Once begun it is not cancelled: who says goodbye waits for it, so as not to be listed again by it. Its error is a
     * value until somebody wants to know, since those who began it may have gone.
     */
    private Mono<Void> tell() {
        WorkerRecord record = record();
        CompletableFuture<Signal<Void>> told = store.register(record)
                .doOnSuccess(done -> {
                    toldAt = System.nanoTime();
                    shown = Shown.of(record);
                })
                .materialize()
                .toFuture();
        underWay = told;
        return Mono.fromFuture(told, true).dematerialize();
    }

    private boolean isNewsOrDue() {
        return !Shown.of(record()).equals(shown) || System.nanoTime() - toldAt >= PAUSE.toNanos();
    }

    private WorkerRecord record() {
        Statistics.Counts counts = statistics.counts();
        return new WorkerRecord(
                options.name(),
                token,
                options.queues(),
                born,
                quiet.isShown(),
                leases.all().stream()
                        .limit(WorkerRecord.MOST_EXECUTIONS)
                        .map(Lease::execution)
                        .toList(),
                counts.finished(),
                counts.failed(),
                counts.worked());
    }

    /** What is worth telling at once when it changes. */
    private record Shown(String currentJob, boolean suspended, Duration worked) {

        static Shown of(WorkerRecord record) {
            return new Shown(record.currentJob(), record.suspended(), record.worked());
        }
    }
}
