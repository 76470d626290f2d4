package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.Settled;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** What becomes of jobs whose task has no handler here: {@link UnknownTask}. */
final class Strangers {

    private static final Duration REST = Duration.ofSeconds(1);

    private final UnknownTask rule;
    private final Settler settler;
    private final Leases leases;
    private final Consumer<JobId> givenBack;

    /** Tells the last of these what it gave back. */
    Strangers(UnknownTask rule, Settler settler, Leases leases, Consumer<JobId> givenBack) {
        this.rule = rule;
        this.settler = settler;
        this.leases = leases;
        this.givenBack = givenBack;
    }

    /** Fails the job with this reason and emits what came of that, or gives it back and emits nothing. */
    Mono<Settled> turnAway(Lease lease, JobException.UnknownTask reason) {
        return switch (rule) {
            case FAIL -> settler.settle(lease, new Ending.Failed(reason));
            case LEAVE -> giveBack(lease);
        };
    }

    private Mono<Settled> giveBack(Lease lease) {
        return Mono.defer(() -> {
            leases.beginRest();
            return settler.settle(lease, new Ending.GivenBack(false))
                    .doOnNext(settled -> givenBack.accept(lease.execution().job()))
                    .doFinally(end -> leases.endRestIn(REST))
                    .then(Mono.empty());
        });
    }
}
