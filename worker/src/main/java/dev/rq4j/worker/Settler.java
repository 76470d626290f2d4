package dev.rq4j.worker;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Settled;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Settles what has ended. While Redis is away it goes on trying: if the lease still holds when Redis is back, the work was
 * not in vain. A settle under way is not cancelled by anything.
 */
final class Settler {

    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final WorkerOptions options;
    private final Leases leases;
    private final Statistics statistics;
    private final LeaseStore store;
    private final PayloadCodec codec;

    Settler(WorkerOptions options, Leases leases, Statistics statistics, Engine engine) {
        this.options = options;
        this.leases = leases;
        this.statistics = statistics;
        this.store = engine.leases();
        this.codec = engine.codec();
    }

    /**
     * Settles and lets the lease go; that is on its way when this is subscribed to. Emits what came of it; nothing when
     * nothing was to be said or it cannot be.
     */
    Mono<Settled> settle(Lease lease, Ending ending) {
        return Mono.defer(() -> {
            if (!lease.beginSettling()) {
                return Mono.empty();
            }
            CompletableFuture<Settled> settled = write(lease, ending).toFuture();
            leases.leave(lease);
            return Mono.fromFuture(settled, true);
        });
    }

    private Mono<Settled> write(Lease lease, Ending ending) {
        Attempt attempt = new Attempt(lease.execution(), options.name(), lease.started(), Instant.now());
        return Mono.defer(() -> ending.settle(attempt, store, new Aftermath(lease.job(), options.resultTtl(), codec)))
                .retryWhen(Patience.withPausesUpTo(LONGEST_PAUSE))
                .doOnNext(settled -> tell(lease, attempt, ending, settled))
                .onErrorResume(error -> {
                    LOG.error("could not settle {}; it is recovered when its lease ends", lease, error);
                    return Mono.empty();
                })
                .doFinally(end -> leases.drop(lease));
    }

    private void tell(Lease lease, Attempt attempt, Ending ending, Settled settled) {
        if (settled == Settled.TAKEN_BACK || (settled == Settled.LOST && ending instanceof Ending.Stopped)) {
            LOG.info("{} was taken away by request: its outcome is dropped", lease);
            return;
        }
        if (!settled.isWritten()) {
            LOG.warn("the lease on {} was lost: its outcome is dropped", lease);
            return;
        }
        statistics.count(ending, Duration.between(attempt.started(), attempt.ended()));
        if (ending instanceof Ending.Failed failed) {
            String next = settled.isToRunAgain() ? " and is tried again" : "";
            LOG.warn("{} failed{}: {}", lease, next, ErrorText.withoutData(failed.error()));
        } else {
            LOG.debug("{} ended: {}", lease, ending.getClass().getSimpleName());
        }
    }
}
