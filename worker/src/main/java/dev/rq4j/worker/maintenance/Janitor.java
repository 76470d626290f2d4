package dev.rq4j.worker.maintenance;

import dev.rq4j.redis.QueueStore;
import dev.rq4j.redis.Registry;
import dev.rq4j.redis.WorkerStore;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Takes off the lists what is over: jobs that are no longer kept, and workers that died. */
public final class Janitor {

    /** How long to wait between two rounds. */
    public static final Duration PAUSE = Duration.ofSeconds(30);

    private final QueueStore store;
    private final WorkerStore workers;
    private final List<String> queues;

    /** Looks after these queues. */
    public Janitor(QueueStore store, WorkerStore workers, List<String> queues) {
        this.store = store;
        this.workers = workers;
        this.queues = queues;
    }

    /** Goes round once. */
    public Mono<Void> tidy() {
        return Flux.fromIterable(queues)
                .concatMap(queue -> Flux.just(Registry.values()).concatMap(registry -> store.trim(registry, queue)))
                .then(workers.bury(queues));
    }
}
