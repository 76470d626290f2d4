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
 * next and sleeps until then, a second at most; whoever makes something due earlier than that wakes it. One worker does so
 * for all that serve a queue, as {@link Turns} says: the others ask nothing.
 */
public final class Promoter {

    private static final Logger LOG = LoggerFactory.getLogger(Promoter.class);
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
    /** What was done may have made something else due; and what cannot be done is not tried without a pause. */
    private static final Duration SHORTEST_SLEEP = Duration.ofMillis(1);

    private final TimeStore store;
    private final Mono<Void> cron;

    /** Does the last of these when an entry of cron is due. */
    public Promoter(TimeStore store, Mono<Void> cron) {
        this.store = store;
        this.cron = cron;
    }

    /**
     * Does what is due again and again until cancelled, while it is the worker's turn. Errors are logged and end nothing.
     * What somebody makes due while the turn changes hands is found by the look with which the next worker begins its own.
     */
    public Mono<Void> keep(Turns turns, Scheduler timer) {
        return Alarm.rounds(round(turns), "do what is due", LONGEST_SLEEP, calls(turns), timer);
    }

    /** Where others cannot be heard, there are still one's own turns. */
    private Flux<?> calls(Turns turns) {
        Flux<?> others = store.wakes().filter(call -> !turns.mine().isEmpty()).onErrorResume(unheard -> {
            LOG.warn("cannot be woken, looking by itself: {}", unheard.toString());
            return Flux.never();
        });
        return Flux.merge(turns.taken(), others);
    }

    private Mono<Duration> round(Turns turns) {
        return Mono.defer(() -> turns.mine().isEmpty() ? Mono.just(LONGEST_SLEEP) : round(turns.mine()));
    }

    /** Does once what is due, for these queues and for what belongs to none, and emits how long until the next round. */
    public Mono<Duration> round(List<String> queues) {
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
