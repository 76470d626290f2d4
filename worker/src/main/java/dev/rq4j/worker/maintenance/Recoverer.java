package dev.rq4j.worker.maintenance;

import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Recovered;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Brings back the jobs of workers that died. */
public final class Recoverer {

    /** How long to wait between two looks. */
    public static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Recoverer.class);

    private final LeaseStore store;
    private final List<String> queues;
    private final int maxRecoveries;

    /** Looks after these queues. */
    public Recoverer(LeaseStore store, List<String> queues, int maxRecoveries) {
        this.store = store;
        this.queues = queues;
        this.maxRecoveries = maxRecoveries;
    }

    /** Looks once, batch by batch until nothing is left. */
    public Mono<Void> recover() {
        return Flux.fromIterable(queues)
                .concatMap(queue -> store.recover(queue, maxRecoveries).doOnNext(found -> tell(queue, found)))
                .then();
    }

    private static void tell(String queue, Recovered found) {
        if (!found.queued().isEmpty()) {
            LOG.warn("queued again in {}, since their worker died: {}", queue, found.queued());
        }
        if (!found.failed().isEmpty()) {
            LOG.warn("failed in {} as abandoned, since their workers died too often: {}", queue, found.failed());
        }
    }
}
