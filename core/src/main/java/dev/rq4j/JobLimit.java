package dev.rq4j;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RateLimit;
import dev.rq4j.redis.Engine;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The key of a limit, seen from outside: which jobs it holds back, of whatever queues, and which it has let through. A limit
 * of jobs at once and a limit of starts in a period are two, though their keys may be the same. The count and the period do
 * not matter here: those of the jobs do.
 *
 * <p>Subscribing to a method reads Redis and changes nothing; cancelling stops the reading. Long lists are read page by page
 * as they are asked for, and what comes or goes meanwhile may be among them or not.
 */
public final class JobLimit {

    private final Engine engine;
    private final RateLimit limit;

    JobLimit(Engine engine, RateLimit limit) {
        this.engine = engine;
        this.limit = limit;
    }

    /** Returns the key. */
    public String key() {
        return limit.key();
    }

    /** Emits how many jobs it holds back. */
    public Mono<Long> size() {
        return engine.limits().waiting(limit);
    }

    /** Emits the ids of the jobs that it holds back, in the order in which their turns come. */
    public Flux<JobId> waiting() {
        return Pages.all((offset, count) -> engine.limits().waiting(limit, offset, count));
    }

    /** Emits the jobs that it holds back, in the order in which their turns come; those that go meanwhile are left out. */
    public Flux<Job> jobs() {
        return Pages.jobs(engine, waiting());
    }

    /**
     * Emits the ids of the jobs that it has let through, in the order in which it did: those that are queued or run. Signals
     * {@link JobException.Invalid} for a limit of starts in a period, which lets jobs through and forgets them.
     */
    public Flux<JobId> admitted() {
        return limit.isRate()
                ? Flux.error(() -> new JobException.Invalid("only a limit of jobs at once knows which it has let"
                        + " through, but this is one of starts in a period"))
                : Pages.all((offset, count) -> engine.limits().admitted(limit.key(), offset, count));
    }

    @Override
    public String toString() {
        return "JobLimit[" + limit.key() + "]";
    }
}
