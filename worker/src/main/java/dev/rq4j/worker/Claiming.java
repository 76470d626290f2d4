package dev.rq4j.worker;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Task;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes claims of one task out of what was leased. Jobs that are not for it are settled here and never handed out.
 *
 * @param task the task
 * @param options what becomes of other tasks
 * @param codec reads payloads
 * @param timer waits for timeouts
 */
record Claiming<I, O>(Task<I, O> task, WorkerOptions options, PayloadCodec codec, Scheduler timer) {

    private static final Duration UNKNOWN_PAUSE = Duration.ofSeconds(1);

    /** Returns the claim, and watches over it until it is settled; nothing when it is not to be handed out. */
    Optional<Claim<I, O>> open(Lease lease, Settler settler) {
        try {
            PayloadCodec.Call call = Calls.read(lease.job(), codec);
            if (!call.task().equals(task.name())) {
                refuse(lease, call.task(), settler);
                return Optional.empty();
            }
            Mono<Ending> deadline = deadline(lease);
            JobContext job = new JobContext(lease.job(), call.task());
            Claim<I, O> claim = new Claim<>(lease, job, call.input(task.input()), settler);
            watch(lease, Mono.firstWithSignal(lease.interruption(), deadline), settler);
            return Optional.of(claim);
        } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
            watch(lease, Mono.just(new Ending.Failed(unreadable)), settler);
            return Optional.empty();
        }
    }

    private void refuse(Lease lease, String other, Settler settler) {
        Mono<Ending> ending = switch (options.unknownTask()) {
            case FAIL -> Mono.just(new Ending.Failed(new JobException.UnknownTask(other, List.of(task.name()))));
            case LEAVE -> Mono.delay(UNKNOWN_PAUSE, timer).map(later -> new Ending.GivenBack(false));
        };
        watch(lease, ending, settler);
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

    private static void watch(Lease lease, Mono<Ending> ending, Settler settler) {
        ending.takeUntilOther(lease.over())
                .flatMap(end -> settler.settle(lease, end))
                .subscribe();
    }
}
