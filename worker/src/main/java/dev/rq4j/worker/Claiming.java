package dev.rq4j.worker;

import dev.rq4j.codec.OwnTasks;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Task;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Makes claims of one task out of what was leased. Jobs that are not for it are settled here and never handed out.
 *
 * @param task the task
 * @param tools what it works with
 * @param own runs the jobs that are rq4j's own
 */
record Claiming<I, O>(Task<I, O> task, Tools tools, ExecutionRunner own) {

    /** Returns the claim, and watches over it until it is settled; nothing when it is not to be handed out. */
    Optional<Claim<I, O>> open(Lease lease) {
        try {
            PayloadCodec.Call call = Calls.read(lease.job(), tools.codec());
            if (OwnTasks.isOne(call.task())) {
                own.run(lease, () -> {}).subscribe();
                return Optional.empty();
            }
            if (!call.task().equals(task.name())) {
                tools.strangers()
                        .turnAway(lease, new JobException.UnknownTask(call.task(), List.of(task.name())))
                        .subscribe();
                return Optional.empty();
            }
            Mono<Ending> deadline = deadline(lease);
            JobContext job = new JobContext(lease.job(), call.task(), tools.engine());
            Claim<I, O> claim =
                    new Claim<>(lease, job, Calls.input(lease.job(), call, task.input(), tools.codec()), this);
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
                : Mono.delay(timeout, tools.threads().limits())
                        .map(late -> new Ending.Failed(
                                new JobException.JobTimedOut(lease.execution().job(), timeout)));
    }

    private void watch(Lease lease, Mono<Ending> ending) {
        ending.takeUntilOther(lease.over())
                .flatMap(end -> tools.settler().settle(lease, end))
                .subscribe();
    }
}
