package dev.rq4j.worker.maintenance;

import dev.rq4j.job.JobException;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.Registry;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes off the lists what is over: jobs that are no longer kept or left their limit's room without a word, workers that
 * died, groups without jobs; and looks after jobs that wait for others which ended unheard. What takes long is done by one
 * worker for all, and less often.
 */
public final class Janitor {

    /** How long to wait between two rounds. */
    public static final Duration PAUSE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final Duration LIMITS_PAUSE = Duration.ofSeconds(20);
    private static final Duration DEFERRED_PAUSE = Duration.ofSeconds(50);
    private static final Duration GROUPS_PAUSE = Duration.ofMinutes(9);

    private final Engine engine;
    private final List<String> queues;

    /** Looks after these queues. */
    public Janitor(Engine engine, List<String> queues) {
        this.engine = engine;
        this.queues = queues;
    }

    /** Goes round once. */
    public Mono<Void> tidy() {
        return Flux.fromIterable(queues)
                .concatMap(queue -> Flux.just(Registry.values())
                        .concatMap(registry -> apart(engine.queues().trim(registry, queue)))
                        .then(apart(inTurn(
                                "deferred:" + queue,
                                DEFERRED_PAUSE,
                                engine.times().tend(queue)))))
                .then(apart(engine.workers().bury(queues)))
                .then(apart(inTurn("limits", LIMITS_PAUSE, engine.times().vacate())))
                .then(apart(inTurn("groups", GROUPS_PAUSE, engine.groups().pruneAll())));
    }

    /** A key of the wrong type, say: it keeps nothing else from being tidied. All else ends the round. */
    private static Mono<Void> apart(Mono<Void> work) {
        return work.onErrorResume(JobException.ServerError.class, error -> {
            LOG.warn("cannot tidy one thing, and goes on with the next: {}", error.toString());
            return Mono.empty();
        });
    }

    private Mono<Void> inTurn(String duty, Duration pause, Mono<Void> work) {
        return engine.times().turn(duty, pause).flatMap(mine -> mine ? work : Mono.empty());
    }
}
