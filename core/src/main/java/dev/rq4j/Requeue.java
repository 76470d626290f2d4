package dev.rq4j;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Names;
import dev.rq4j.job.RequeueFilter;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.FailedJob;
import dev.rq4j.redis.Moved;
import dev.rq4j.redis.Registry;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Goes through the failed jobs of a queue once and queues those again that a filter asks for. Made for one run. */
final class Requeue {

    private static final int BATCH = 100;
    /** At a rate, so often in a second: few enough to cost nothing, often enough to be even. */
    private static final int STEPS = 10;

    private final Engine engine;
    private final String queue;
    private final RequeueFilter filter;
    /** Entries that were there at the beginning and were not looked at. What fails again comes behind them. */
    private long unseen;
    /** Entries that were looked at and left where they are. */
    private long leftAlone;

    private long queued;

    Requeue(Engine engine, String queue, RequeueFilter filter) {
        this.engine = engine;
        this.queue = queue;
        this.filter = filter;
    }

    /** Goes through, and emits how many it queued. */
    Mono<Long> run() {
        return engine.queues().count(Registry.FAILED, queue).flatMap(count -> {
            unseen = count;
            return Mono.defer(this::page)
                    .repeat(() -> unseen > 0 && queued < filter.pace().most())
                    .then(Mono.fromSupplier(() -> queued));
        });
    }

    private Mono<Void> page() {
        int count = (int) Math.min(BATCH, unseen);
        return engine.failures()
                .page(queue, leftAlone, count, filter.task() != null, filter.error() != null)
                .flatMap(this::choose);
    }

    private Mono<Void> choose(List<FailedJob> found) {
        unseen = found.isEmpty() ? 0 : unseen - found.size();
        List<JobId> chosen = found.stream()
                .filter(this::isAskedFor)
                .limit(filter.pace().most() - queued)
                .map(job -> JobId.of(job.id()))
                .toList();
        leftAlone += found.size() - chosen.size();
        return Flux.fromIterable(chosen).buffer(step()).concatMap(this::send).then();
    }

    private boolean isAskedFor(FailedJob job) {
        return job.status() == JobStatus.FAILED
                && Names.isId(job.id())
                && filter.admits(job.task(), job.failure(), job.age());
    }

    private Mono<Void> send(List<JobId> ids) {
        Integer rate = filter.pace().perSecond();
        Mono<Void> rest = rate == null
                ? Mono.empty()
                : Mono.delay(Duration.ofSeconds(ids.size()).dividedBy(rate)).then();
        return engine.moves()
                .requeue(queue, ids, filter.pace().toFront())
                .doOnNext(answers -> {
                    long done = answers.stream().filter(Moved::isDone).count();
                    queued += done;
                    leftAlone += answers.size() - done;
                })
                .then(rest);
    }

    private int step() {
        Integer rate = filter.pace().perSecond();
        return rate == null ? BATCH : Math.min(BATCH, Math.max(1, rate / STEPS));
    }
}
