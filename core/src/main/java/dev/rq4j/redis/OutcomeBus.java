package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Brings the outcomes of jobs to those who wait for them. All share one connection, on which each job that somebody waits
 * for has a channel, or shares one: {@link OutcomeChannels}. Behind it stands a check every second, for jobs that a Python
 * worker ends, which publishes nothing, and for messages that were lost while the connection was away.
 *
 * <p>Who comes and who leaves is taken down in two queues and worked off by one at a time, in batches: ten thousand at
 * once are some dozens of commands.
 */
public final class OutcomeBus {

    private static final Logger LOG = LoggerFactory.getLogger(OutcomeBus.class);
    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final int BATCH = 500;

    private final OutcomeChannels channels;
    private final OutcomeStore outcomes;
    private final Waiters waiters;
    private final OutcomeLook look;
    private final Queue<String> arrivals = new ConcurrentLinkedQueue<>();
    private final Queue<String> departures = new ConcurrentLinkedQueue<>();
    /** Those who left while Redis was away: their channels are given up when it is back. */
    private final Queue<String> postponed = new ConcurrentLinkedQueue<>();

    private final AtomicInteger work = new AtomicInteger();
    private final Disposable.Swap checks = Disposables.swap();
    private volatile boolean closed;

    OutcomeBus(Keys keys, PubSub messages, OutcomeStore outcomes) {
        this.channels = new OutcomeChannels(keys, messages, this::hear);
        this.waiters = new Waiters(channels::of);
        this.outcomes = outcomes;
        this.look = new OutcomeLook(outcomes, messages, waiters);
    }

    /** Draws an id for a job that is to be awaited from its beginning: that takes the least with such an id. */
    public JobId newId() {
        return channels.newId();
    }

    /**
     * Emits how the job ended, at once if it has, otherwise as soon as it does; {@link Outcome#status()} is unknown when
     * there is no such job. Cancelling stops the waiting. While Redis is away the waiting goes on.
     */
    public Mono<Outcome> await(JobId id) {
        return Mono.<Outcome>create(sink -> join(id.value(), sink, false))
                // What follows is the application's and must not hold up the driver's threads.
                .publishOn(Schedulers.parallel());
    }

    /**
     * Emits how a job ended that the beginning brings into being, and misses nothing: it listens first and then subscribes
     * to the beginning, whose error it signals, with the context of who waits. Cancelling stops the waiting, and the
     * beginning unless it has begun.
     */
    public Mono<Outcome> await(JobId id, Mono<?> beginning) {
        return Mono.<Outcome>create(sink -> {
                    join(id.value(), sink, true);
                    waiters.heard(id.value())
                            .then(Mono.defer(() -> waiters.isWaiting(id.value(), sink) ? beginning : Mono.empty()))
                            .subscribe(
                                    begun -> {},
                                    sink::error,
                                    () -> begun(id.value(), sink),
                                    Context.of(sink.contextView()));
                })
                .publishOn(Schedulers.parallel());
    }

    /** Emits how the job ended, or its status if it has not; {@link Outcome#status()} is unknown when there is no such job. */
    public Mono<Outcome> now(JobId id) {
        return outcomes.statuses(List.of(id.value())).flatMap(statuses -> {
            JobStatus status = statuses.get(0);
            return status == null ? Mono.just(Outcome.GONE) : outcomes.read(id, status);
        });
    }

    private void join(String id, MonoSink<Outcome> sink, boolean expected) {
        waiters.join(id, sink, expected);
        sink.onDispose(() -> leave(id, sink));
        if (expected && channels.isHeard(id)) {
            waiters.markHeard(id);
        } else {
            arrive(id);
        }
        if (closed) {
            settle(id, late -> late.error(RedisConnections.closedError()));
        }
    }

    private void begun(String id, MonoSink<Outcome> sink) {
        boolean ended = waiters.markBegun(id, sink);
        // What is new has not ended before it was listened for. Who asks for an id that was drawn here before waits for
        // the check.
        if (ended || !channels.isOwn(id)) {
            arrive(id);
        }
    }

    /** Begins to check; to be called once. */
    void start() {
        checks.update(Flux.interval(CHECK)
                .onBackpressureDrop()
                .filter(tick -> arrivals.isEmpty() && !(waiters.isEmpty() && postponed.isEmpty()))
                .subscribe(tick -> {
                    departures.addAll(take(postponed));
                    arrivals.addAll(waiters.ids());
                    drain();
                }));
    }

    /** Stops checking; those who wait are told that the client is closed. */
    void close() {
        closed = true;
        checks.dispose();
        waiters.ids().forEach(id -> settle(id, sink -> sink.error(RedisConnections.closedError())));
    }

    private void leave(String id, MonoSink<Outcome> sink) {
        if (waiters.leave(id, sink)) {
            depart(id);
        }
    }

    private void arrive(String id) {
        arrivals.add(id);
        drain();
    }

    /** Gives up the channel, but not that of our own jobs, of which others may come. */
    private void depart(String id) {
        if (!channels.isOwn(id)) {
            departures.add(id);
            drain();
        }
    }

    private void drain() {
        if (work.getAndIncrement() == 0) {
            workOff().subscribe();
        }
    }

    private Mono<Void> workOff() {
        return Mono.defer(() -> {
                    int seen = work.get();
                    return seeOff(take(departures))
                            .then(attend(take(arrivals)))
                            .onErrorResume(error -> {
                                LOG.debug("cannot ask for outcomes now", error);
                                return Mono.empty();
                            })
                            .then(Mono.fromCallable(() -> isThereMore(seen)));
                })
                .repeat()
                .takeWhile(more -> more)
                .then();
    }

    private boolean isThereMore(int seen) {
        return !arrivals.isEmpty() || !departures.isEmpty() || work.addAndGet(-seen) != 0;
    }

    private Mono<Void> seeOff(List<String> left) {
        List<String> silent = left.stream()
                .map(channels::of)
                .distinct()
                .filter(channel -> !waiters.isAnyOn(channel))
                .toList();
        return silent.isEmpty() ? Mono.empty() : channels.leave(silent).doOnError(away -> postponed.addAll(left));
    }

    /** First the channel, then the look: what ends in between is seen by one of them. */
    private Mono<Void> attend(List<String> ids) {
        List<String> present = ids.stream().filter(waiters::isAnyFor).distinct().toList();
        return present.isEmpty()
                ? Mono.empty()
                : listen(present).then(look.at(present, this::settle)).onErrorResume(error -> {
                    boolean passing = RedisErrors.isPassing(error);
                    present.stream()
                            // Better an error than a job that is never begun.
                            .filter(id -> !passing || waiters.isOverdue(id, Redis.PATIENCE))
                            .forEach(id -> settle(id, sink -> sink.error(error)));
                    return passing ? Mono.error(error) : Mono.empty();
                });
    }

    private Mono<Void> listen(List<String> ids) {
        List<String> unheard = ids.stream().filter(waiters::isUnheard).toList();
        if (unheard.isEmpty()) {
            return Mono.empty();
        }
        return channels.listen(unheard).doOnSuccess(done -> unheard.forEach(waiters::markHeard));
    }

    private void hear(Announcement told) {
        String id = told.job();
        try {
            Outcome outcome = told.outcome();
            if (outcome != null) {
                settle(id, sink -> sink.success(outcome));
            } else if (waiters.isAnyFor(id)) {
                // First: who begins it just now looks for it too.
                waiters.markEnded(id);
                arrive(id);
            }
        } catch (JobException unreadable) {
            settle(id, sink -> sink.error(unreadable));
        }
    }

    private void settle(String id, Consumer<MonoSink<Outcome>> answer) {
        if (waiters.answer(id, answer)) {
            depart(id);
        }
    }

    private static List<String> take(Queue<String> queue) {
        List<String> taken = new ArrayList<>();
        for (String id = queue.poll(); id != null; id = taken.size() < BATCH ? queue.poll() : null) {
            taken.add(id);
        }
        return taken;
    }
}
