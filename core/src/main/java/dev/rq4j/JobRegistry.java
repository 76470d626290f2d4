package dev.rq4j;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RegistryEntry;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.Registry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The jobs of one queue in one status, in the order of {@link RegistryEntry#time()}: those that leave it first, or have
 * waited longest, come first. Whoever reads it first takes out those whose time is over, as Python RQ does, and unlike
 * Python RQ never touches a job by that.
 */
public final class JobRegistry {

    private final Engine engine;
    private final String queue;
    private final Registry registry;
    private final boolean newestFirst;

    JobRegistry(Engine engine, String queue, Registry registry) {
        this(engine, queue, registry, false);
    }

    private JobRegistry(Engine engine, String queue, Registry registry, boolean newestFirst) {
        this.engine = engine;
        this.queue = queue;
        this.registry = registry;
        this.newestFirst = newestFirst;
    }

    /**
     * Returns this registry read from the other end. Where all jobs are kept equally long, those that ended last come
     * first.
     */
    public JobRegistry newestFirst() {
        return new JobRegistry(engine, queue, registry, true);
    }

    /** Emits how many jobs are in it. */
    public Mono<Long> count() {
        return engine.queues().count(registry, queue);
    }

    /** Emits whether a job is in it. */
    public Mono<Boolean> contains(JobId id) {
        return engine.queues().contains(registry, queue, id);
    }

    /** Emits the ids of all its jobs, page by page as they are asked for. */
    public Flux<JobId> ids() {
        return entries().map(RegistryEntry::job);
    }

    /** Emits a page of the ids of its jobs; signals what {@link #entries(long, int)} does. */
    public Flux<JobId> ids(long offset, int count) {
        return entries(offset, count).map(RegistryEntry::job);
    }

    /** Emits all its jobs, page by page as they are asked for; those that go meanwhile are left out. */
    public Flux<Job> jobs() {
        return Pages.jobs(engine, ids());
    }

    /** Emits all its jobs with the time that each has in it, page by page as they are asked for. */
    public Flux<RegistryEntry> entries() {
        return engine.queues().entries(registry, queue, newestFirst);
    }

    /**
     * Emits a page of its jobs with the time that each has in it; signals {@link JobException.Invalid} for a negative offset or
     * count.
     */
    public Flux<RegistryEntry> entries(long offset, int count) {
        return Pages.one(offset, count, () -> engine.queues().entries(registry, queue, newestFirst, offset, count));
    }
}
