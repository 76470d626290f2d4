package dev.rq4j;

import dev.rq4j.job.GroupProgress;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOutcome;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Names;
import dev.rq4j.job.TypeRef;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.JobStore;
import dev.rq4j.redis.Placed;
import java.lang.reflect.Type;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Jobs that belong together, in any queues, under a name. It needs no declaration, and is there as long as one of its jobs is:
 * jobs that are gone are forgotten after some minutes. Python RQ sees it as one of its groups.
 */
public final class JobGroup {

    private static final int LOOKUPS = 32;
    /** Who waits for more at a time than this waits for the first of them. */
    private static final int WAITING = 10_000;

    private final Engine engine;
    private final String name;

    JobGroup(Engine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /**
     * Enqueues jobs of this group and emits the group when all are there; signals what {@link #enqueueAll} does. A request
     * that an existing job may answer is refused before any of them is enqueued.
     */
    public Mono<JobGroup> enqueue(String queue, List<? extends JobRequest<?>> requests) {
        return Mono.defer(() -> {
            requests.forEach(this::refuseExisting);
            return enqueueAll(queue, Flux.fromIterable(requests)).then(Mono.just(this));
        });
    }

    /**
     * Enqueues jobs of this group as they come and emits their handles, as {@link JobQueue#enqueueAll} does. Signals
     * {@link JobException.Invalid} for a request that an existing job may answer: that one would not join the group, and
     * would not be waited for. Enqueue such a request to its queue, with {@link JobOptions.Builder#group}, if the existing
     * job is known to be of this group.
     */
    public Flux<JobHandle<?>> enqueueAll(String queue, Publisher<? extends JobRequest<?>> requests) {
        return Flux.defer(() -> new JobQueue(engine, Names.queue(queue))
                .enqueueAll(Flux.from(requests)
                        .doOnNext(this::refuseExisting)
                        .map(request -> request.with(job -> job.group(name)))));
    }

    /** Emits how many jobs the group has. */
    public Mono<Long> size() {
        return engine.groups().size(name);
    }

    /**
     * Emits the ids of its jobs, in no order, each once, page by page as they are asked for. To emit none twice it keeps those
     * that it has emitted until it ends: memory grows with the group.
     */
    public Flux<JobId> ids() {
        return Pages.wellFormed(engine.groups().ids(name));
    }

    /**
     * Emits its jobs, in no order, page by page as they are asked for; those that are gone are left out. Like {@link #ids()} it
     * keeps the ids that it has had.
     */
    public Flux<Job> jobs() {
        return Pages.jobs(engine, ids());
    }

    /** Emits how far its jobs are now. */
    public Mono<GroupProgress> snapshot() {
        return engine.groups().count(name);
    }

    /**
     * Emits how far its jobs are: now, and then whenever that has changed, some ten times a second at most and less often in
     * a large group; completes when all have ended. The end of a job is pushed, the rest is found by a look every second.
     * Enqueue first: of a group without jobs, all have ended. While Redis is away it goes on waiting.
     */
    public Flux<GroupProgress> progress() {
        return engine.groups().progress(name);
    }

    /** Waits until all its jobs have ended, in whatever way, and emits how: the last of {@link #progress()}. */
    public Mono<GroupProgress> await() {
        return progress().last();
    }

    /**
     * Waits for each of the jobs that it has now and emits how it ended. A job that is already gone is among them with
     * {@link JobException.NoSuchJob}. Signals {@link JobException.Unreadable} for a result that is not of this type.
     *
     * <p>Up to 10,000 jobs come in the order in which they end. Of more than that, 10,000 are waited for at a time, in the
     * order in which the group is scanned, which is none: one that has ended comes only when it is its turn. Like
     * {@link #ids()} it keeps the ids that it has had.
     */
    public <O> Flux<JobOutcome<O>> outcomes(Class<O> output) {
        return outcomesOf(output);
    }

    /** Waits for each of its jobs as {@link #outcomes(Class)} does, for a type that has parameters of its own. */
    public <O> Flux<JobOutcome<O>> outcomes(TypeRef<O> output) {
        return outcomesOf(output.type());
    }

    private <O> Flux<JobOutcome<O>> outcomesOf(Type output) {
        return ids().flatMap(id -> outcome(new JobHandle<O>(engine, id, output)), WAITING, 1);
    }

    /** Emits what its jobs return, in the order of {@link #outcomes(Class)}; those that return nothing or do not end well are left out. */
    public <O> Flux<O> results(Class<O> output) {
        return outcomes(output).mapNotNull(JobOutcome::value);
    }

    /** Emits what its jobs return as {@link #results(Class)} does, for a type that has parameters of its own. */
    public <O> Flux<O> results(TypeRef<O> output) {
        return outcomes(output).mapNotNull(JobOutcome::value);
    }

    /** Cancels its jobs that have not ended, as {@link JobHandle#cancel()} does, and emits how many. */
    public Mono<Long> cancel() {
        return ids().flatMap(id -> engine.jobs().cancel(id).onErrorReturn(JobException.NoSuchJob.class, false), LOOKUPS)
                .filter(canceled -> canceled)
                .count();
    }

    /** Deletes its jobs, whatever their status, and with them the group; emits how many were there. */
    public Mono<Long> delete() {
        return ids().flatMap(id -> engine.jobs().delete(id), LOOKUPS)
                .filter(deleted -> deleted)
                .count()
                .delayUntil(count -> engine.groups().prune(name));
    }

    /**
     * Enqueues a job that runs when all jobs have ended that the group has at that moment, in whatever way; at once if they
     * have. Jobs that join the group later are not waited for. Signals what {@link JobQueue#enqueue(JobRequest)} does, and
     * {@link JobException.Invalid} when the group has more than 10,000 jobs.
     */
    public <O> Mono<JobHandle<O>> whenComplete(String queue, JobRequest<O> request) {
        return Mono.defer(() -> engine.jobs()
                        .enqueueAfter(name, new Placed(JobStore.idFor(request), Names.queue(queue), request)))
                .map(id -> new JobHandle<>(engine, id, request.task().output()));
    }

    private void refuseExisting(JobRequest<?> request) {
        if (request.options().identity().mayBeExisting()) {
            throw new JobException.Invalid("a job of group " + name + " must be a new one, but task "
                    + request.task().name()
                    + " was to return an existing one: that would not join the group, and nobody would wait for it");
        }
    }

    private static <O> Mono<JobOutcome<O>> outcome(JobHandle<O> job) {
        return job.result()
                .map(value -> new JobOutcome<O>(job.id(), value, null))
                .defaultIfEmpty(new JobOutcome<>(job.id(), null, null))
                .onErrorResume(JobException.OfJob.class, error -> Mono.just(new JobOutcome<>(job.id(), null, error)));
    }

    @Override
    public String toString() {
        return "JobGroup[" + name + "]";
    }
}
