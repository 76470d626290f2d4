package dev.rq4j.worker;

import dev.rq4j.redis.Claims;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.PauseStore;
import dev.rq4j.redis.QueueSignal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Waits, after a request for jobs that brought none or a few, until another one may bring some. For one that waits. */
final class News {

    /** How long to wait where nobody calls: work is suspended by Python, or the queues hold only what was given back. */
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** How long to wait at most while jobs come: that the connection that waits is stalled is noticed only after seconds. */
    private static final Duration SOON = Duration.ofMillis(50);

    private final List<String> queues;
    private final QueueSignal signal;
    private final PauseStore pauses;
    private final Mono<Void> resumed;
    private final Scheduler timer;
    private volatile @Nullable Mono<Void> soon;

    News(List<String> queues, QueueSignal signal, Engine engine, Scheduler timer) {
        this.queues = queues;
        this.signal = signal;
        this.pauses = engine.pauses();
        this.resumed = pauses.resumes().next().then();
        this.timer = timer;
    }

    /**
     * Completes when there is something in a queue that jobs may be taken from, or after a while. A queue that is paused
     * has something in it all the time: it is not waited for, but until it, or all work, is resumed.
     */
    Mono<Void> after(Claims claims) {
        List<String> open = claims.open(queues);
        if (open.size() == queues.size()) {
            return something(queues);
        }
        Mono<Void> goesOn = Mono.firstWithSignal(resumed, pause());
        return open.isEmpty() ? goesOn : Mono.firstWithSignal(something(open), goesOn);
    }

    /** Completes when there is something in a queue that jobs may be taken from, or after a moment. */
    Mono<Void> soonAfter(Claims claims) {
        List<String> open = claims.open(queues);
        return open.isEmpty() ? soon() : Mono.firstWithSignal(something(open), soon());
    }

    /** One timer serves all who come before its time: to set one for each job would wake a thread for each. */
    private Mono<Void> soon() {
        Mono<Void> present = soon;
        if (present == null) {
            present = Mono.delay(SOON, timer)
                    .then()
                    .doOnTerminate(() -> soon = null)
                    .cache();
            soon = present;
        }
        return present;
    }

    /**
     * Completes when there is something in one of these, or when all work is suspended, which has to be shown: a wait that
     * ended with nothing says that there is nothing to ask for. After about a minute of that it completes all the same.
     */
    private Mono<Void> something(List<String> open) {
        return Mono.fromSupplier(() -> new Lull(System::nanoTime))
                .flatMap(lull -> signal.await(open)
                        .flatMap(found -> found ? Mono.just(true) : isNews(lull))
                        .onErrorReturn(true)
                        .filter(news -> news)
                        .repeat()
                        .next())
                .then();
    }

    private Mono<Boolean> isNews(Lull lull) {
        return lull.isLong() ? Mono.just(true) : lull.isToBeAskedAbout() ? pauses.isSuspended() : Mono.just(false);
    }

    /** Completes after a moment. */
    Mono<Void> pause() {
        return Mono.delay(PAUSE, timer).then();
    }
}
