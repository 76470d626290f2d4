package dev.rq4j.worker;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes claims of one task out of what was leased. Jobs that are not for it are settled here and never handed out.
 *
 * @param task the task
 * @param settler settles claims
 * @param strangers what becomes of other tasks
 * @param engine reads payloads, and keeps what is written beside jobs
 * @param timer waits for timeouts
 */
record Claiming<I, O>(Task<I, O> task, Settler settler, Strangers strangers, Engine engine, Scheduler timer) {

    /** Returns the claim, and watches over it until it is settled; nothing when it is not to be handed out. */
    Optional<Claim<I, O>> open(Lease lease) {
        try {
            PayloadCodec.Call call = Calls.read(lease.job(), engine.codec());
            if (!call.task().equals(task.name())) {
                strangers
                        .turnAway(lease, new JobException.UnknownTask(call.task(), List.of(task.name())))
                        .subscribe();
                return Optional.empty();
            }
            Mono<Ending> deadline = deadline(lease);
            JobContext job = new JobContext(lease.job(), call.task(), engine.notes());
            Claim<I, O> claim = new Claim<>(lease, job, call.input(task.input()), settler);
            watch(lease, Mono.firstWithSignal(lease.interruption(), deadline.doOnNext(lease::interrupt)));
            return Optional.of(claim);
        } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
            watch(lease, Mono.just(new Ending.Failed(unreadable)));
            return Optional.empty();
        }
    }

    /** A claim that nobody settles, because it was dropped somewhere on its way, does not stay for ever. */
    private Mono<Ending> deadline(Lease lease) {
        Duration timeout = lease.job().timeout();
        return timeout == null
                ? Mono.never()
                : Mono.delay(timeout, timer)
                        .map(late -> new Ending.Failed(
                                new JobException.JobTimedOut(lease.execution().job(), timeout)));
    }

    private void watch(Lease lease, Mono<Ending> ending) {
        ending.takeUntilOther(lease.over())
                .flatMap(end -> settler.settle(lease, end))
                .subscribe();
    }
}
