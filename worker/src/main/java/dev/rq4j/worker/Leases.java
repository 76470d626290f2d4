package dev.rq4j.worker;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Everything that this worker holds. It is the one place that knows: what is in here is extended, and given back when
 * the worker ends; no job is only in a buffer somewhere.
 */
final class Leases {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final int BATCH = 1000;
    /** How long giving back may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final LeaseStore store;
    private final Duration duration;
    private final Scheduler timer;
    private final Map<String, Lease> held = new ConcurrentHashMap<>();
    /** Those of them whose end is on its way to Redis. */
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();

    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger resting = new AtomicInteger();
    private volatile Runnable whenFreed = () -> {};
    private volatile long changedAt = System.nanoTime();

    Leases(LeaseStore store, Duration duration, Scheduler timer) {
        this.store = store;
        this.duration = duration;
        this.timer = timer;
    }

    /** Calls this whenever a slot becomes free. */
    void whenFreed(Runnable action) {
        this.whenFreed = action;
    }

    int size() {
        return held.size();
    }

    /** Returns when a job came or went last, as {@link System#nanoTime()} has it. */
    long changedAt() {
        return changedAt;
    }

    /**
     * Returns how many of so many slots are free. What is leaving takes none: its end is mostly with Redis before a request
     * for others is. But no more may be leaving than there are slots: where ends do not get through, nothing is taken on.
     */
    int free(int slots) {
        int free = slots - held.size() - resting.get();
        return free + Math.min(leaving.size(), slots);
    }

    /** Takes one slot more, for nothing. */
    void beginRest() {
        resting.incrementAndGet();
    }

    /** Frees it later, unless the worker ends before. */
    void endRestIn(Duration pause) {
        Mono.delay(pause, timer)
                .subscribe(
                        rested -> {
                            resting.decrementAndGet();
                            whenFreed.run();
                        },
                        ended -> LOG.trace("the worker has ended", ended));
    }

    Lease hold(ClaimedJob job) {
        Lease lease = new Lease(numbers.incrementAndGet(), job);
        held.put(job.execution().member(), lease);
        changedAt = System.nanoTime();
        return lease;
    }

    /** Frees the slot of a lease whose end is on its way to Redis, where it is held until that has come. */
    void leave(Lease lease) {
        held.computeIfPresent(lease.execution().member(), (member, present) -> {
            leaving.add(member);
            return present;
        });
        whenFreed.run();
    }

    void drop(Lease lease) {
        held.computeIfPresent(lease.execution().member(), (member, present) -> {
            leaving.remove(member);
            return null;
        });
        changedAt = System.nanoTime();
        lease.end();
        whenFreed.run();
    }

    /** Returns what is held of a job. */
    Stream<Lease> of(JobId job) {
        return held.values().stream().filter(lease -> lease.execution().job().equals(job));
    }

    /** Returns what is held, in the order in which it was claimed. */
    List<Lease> all() {
        return held.values().stream()
                .sorted(Comparator.comparingLong(Lease::number))
                .toList();
    }

    /** Extends everything, for ever: a third of the lease after the last time, however long that took. */
    Mono<Void> keep(Pulse pulse) {
        return pulse.every(duration.dividedBy(3), "extend leases", Mono.defer(this::extend));
    }

    /** Completes when nothing of what is held now is held any more: settled, or given back. */
    Mono<Void> settled() {
        return Mono.defer(() -> Mono.when(all().stream().map(Lease::over).toList()));
    }

    /** Interrupts what runs, and gives everything back to the front of its queue. */
    Mono<Void> giveBack() {
        return Mono.defer(() -> giveBack(all()));
    }

    /** Gives these back, except what is being settled. */
    Mono<Void> giveBack(List<Lease> some) {
        List<Lease> leases = some.stream().filter(Lease::beginSettling).toList();
        if (leases.isEmpty()) {
            return Mono.empty();
        }
        leases.forEach(lease -> lease.interrupt(new Ending.Lost()));
        return Flux.fromIterable(lastFirst(leases))
                .concatMap(batch -> store.release(executions(batch), true))
                .doOnNext(settled -> LOG.info("gave back {} jobs", settled.size()))
                .then()
                .timeout(PATIENCE)
                .onErrorResume(error -> {
                    LOG.warn(
                            "could not give back {} jobs; they are recovered when their leases end",
                            leases.size(),
                            error);
                    return Mono.empty();
                })
                .then(Mono.fromRunnable(() -> leases.forEach(this::drop)));
    }

    private Mono<Void> extend() {
        return Flux.fromIterable(all()).buffer(BATCH).concatMap(this::extend).then();
    }

    private Mono<Void> extend(List<Lease> leases) {
        return store.extend(executions(leases), duration)
                .doOnNext(holds -> {
                    for (int i = 0; i < leases.size(); i++) {
                        if (!holds.get(i)) {
                            lose(leases.get(i));
                        }
                    }
                })
                .then();
    }

    /** What was settled between the question and the answer is not lost, and what was stopped by request is no surprise. */
    private void lose(Lease lease) {
        if (held.containsKey(lease.execution().member()) && lease.interrupt(new Ending.Lost())) {
            LOG.warn("lost the lease on {}: its handler is cancelled and its outcome dropped", lease);
        }
    }

    /** In batches that scripts are quick with, such that at the front of a queue all end up in their old order. */
    private static List<List<Lease>> lastFirst(List<Lease> leases) {
        List<List<Lease>> batches = new ArrayList<>();
        for (int end = leases.size(); end > 0; end -= BATCH) {
            batches.add(leases.subList(Math.max(0, end - BATCH), end));
        }
        return batches;
    }

    private static List<Execution> executions(List<Lease> leases) {
        return leases.stream().map(Lease::execution).toList();
    }
}
