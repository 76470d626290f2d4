package dev.rq4j.worker;

import dev.rq4j.job.Execution;
import dev.rq4j.redis.ClaimedJob;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A job that this worker holds. */
final class Lease {

    private final long number;
    private final ClaimedJob job;
    private final Instant started = Instant.now();
    private final Sinks.One<Ending> interruption = Sinks.one();
    private final Sinks.Empty<Void> over = Sinks.empty();
    private final AtomicBoolean settling = new AtomicBoolean();

    Lease(long number, ClaimedJob job) {
        this.number = number;
        this.job = job;
    }

    /** Grows from claim to claim: gives back in the order in which was taken. */
    long number() {
        return number;
    }

    ClaimedJob job() {
        return job;
    }

    Execution execution() {
        return job.execution();
    }

    Instant started() {
        return started;
    }

    /** Emits how the run is to end, if it is to end before the handler does. */
    Mono<Ending> interruption() {
        return interruption.asMono();
    }

    /** Ends the run from outside; the first to say so is heard. Returns whether this was the first. */
    boolean interrupt(Ending ending) {
        return interruption.tryEmitValue(ending).isSuccess();
    }

    /** Returns whether this is the first time: a lease is settled or given back once. */
    boolean beginSettling() {
        return settling.compareAndSet(false, true);
    }

    /** Completes when it is settled or given back. */
    Mono<Void> over() {
        return over.asMono();
    }

    void end() {
        over.tryEmitEmpty();
    }

    @Override
    public String toString() {
        return job.toString();
    }
}
