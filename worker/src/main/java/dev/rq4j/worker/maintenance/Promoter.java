package dev.rq4j.worker.maintenance;

import dev.rq4j.redis.Due;
import dev.rq4j.redis.TimeStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Does what is due when its time has come: puts scheduled jobs into their queues, takes back those that waited for too
 * long, gives turns to those whose key has a start free, tells dependents how their parents ended. It asks Redis what is
 * next and sleeps until then, a second at most; whoever makes something due earlier than that wakes it.
 */
public final class Promoter {

    private static final Logger LOG = LoggerFactory.getLogger(Promoter.class);
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
    /** What was done may have made something else due; and what cannot be done is not tried without a pause. */
    private static final Duration SHORTEST_SLEEP = Duration.ofMillis(1);

    private final TimeStore store;
    private final List<String> queues;
    private final Mono<Void> cron;

    /** Looks after these queues, and does the last of these when an entry of cron is due. */
    public Promoter(TimeStore store, List<String> queues, Mono<Void> cron) {
        this.store = store;
        this.queues = queues;
        this.cron = cron;
    }

    /** Does what is due again and again until cancelled. Errors are logged and end nothing. */
    public Mono<Void> keep(Scheduler timer) {
        return Flux.usingWhen(
                        Mono.fromSupplier(() -> new Alarm(store.wakes(), timer)),
                        alarm -> round().onErrorResume(error -> {
                                    LOG.warn("cannot do what is due, trying again in {}: {}", LONGEST_SLEEP, error);
                                    return Mono.just(LONGEST_SLEEP);
                                })
                                .flatMap(alarm::sleep)
                                .repeat(),
                        alarm -> Mono.fromRunnable(alarm::dispose))
                .then();
    }

    /** Does once what is due, and emits how long there is until the next round. */
    public Mono<Duration> round() {
        return store.due(queues).flatMap(due -> {
            List<Mono<Void>> tasks = tasks(due);
            return Flux.fromIterable(tasks)
                    .concatMap(this::attempt)
                    .reduce(true, Boolean::logicalAnd)
                    .map(allDone -> !allDone ? LONGEST_SLEEP : tasks.isEmpty() ? sleep(due) : SHORTEST_SLEEP);
        });
    }

    /** Does one thing, and emits whether that went well: what cannot be done keeps nothing else from being done. */
    private Mono<Boolean> attempt(Mono<Void> task) {
        return task.thenReturn(true).onErrorResume(error -> {
            LOG.warn("cannot do what is due, trying again in {}: {}", LONGEST_SLEEP, error.toString());
            return Mono.just(false);
        });
    }

    private List<Mono<Void>> tasks(Due due) {
        List<Mono<Void>> tasks = new ArrayList<>();
        due.queues().forEach(queue -> tasks.add(store.promote(queue)));
        if (due.turns()) {
            tasks.add(store.pace());
        }
        if (due.dependents()) {
            tasks.add(store.resolve());
        }
        if (due.deadlines()) {
            tasks.add(store.expire());
        }
        if (due.cron()) {
            tasks.add(cron);
        }
        return tasks;
    }

    private static Duration sleep(Due due) {
        Duration next = due.next();
        return next == null || next.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : next;
    }
}
