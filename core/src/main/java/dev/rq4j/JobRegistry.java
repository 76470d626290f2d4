package dev.rq4j;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.Registry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The jobs of one queue in one status. Whoever reads it first takes out those whose time is over, as Python RQ does, and
 * unlike Python RQ never touches a job by that.
 */
public final class JobRegistry {

    private final Engine engine;
    private final String queue;
    private final Registry registry;

    JobRegistry(Engine engine, String queue, Registry registry) {
        this.engine = engine;
        this.queue = queue;
        this.registry = registry;
    }

    /** Emits how many jobs are in it. */
    public Mono<Long> count() {
        return engine.queues().count(registry, queue);
    }

    /** Emits the ids of all its jobs, those that leave it first first, page by page as they are asked for. */
    public Flux<JobId> ids() {
        return Pages.all((offset, count) -> engine.queues().ids(registry, queue, offset, count));
    }

    /** Emits a page of the ids of its jobs, those that leave it first first. */
    public Flux<JobId> ids(long offset, int count) {
        return Pages.wellFormed(engine.queues().ids(registry, queue, offset, count));
    }

    /** Emits all its jobs, those that leave it first first, page by page as they are asked for. */
    public Flux<Job> jobs() {
        return Pages.jobs(engine, ids());
    }
}
