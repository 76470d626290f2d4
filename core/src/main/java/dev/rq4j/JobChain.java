package dev.rq4j;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Names;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.JobStore;
import dev.rq4j.redis.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Jobs of which each runs when the one before has finished, with its result as the input: handlers of rq4j can do that, and
 * those of Python cannot, but for the first. When one of them ends otherwise, those after it are canceled. Immutable; nothing
 * happens before {@link #enqueue()}.
 *
 * @param <O> what comes out of the last
 */
public final class JobChain<O> {

    private static final int MAX_LINKS = 100;

    private final Engine engine;
    private final String queue;
    private final List<Link> links;
    private final Task<?, O> last;

    private JobChain(Engine engine, String queue, List<Link> links, Task<?, O> last) {
        this.engine = engine;
        this.queue = queue;
        this.links = links;
        this.last = last;
    }

    static <O> JobChain<O> of(Engine engine, String queue, JobRequest<O> first) {
        return new JobChain<>(engine, queue, List.of(new Link(queue, before -> first)), first.task());
    }

    /** One of the jobs: the name of its queue, and the request for it if it comes after this one. */
    private record Link(String queue, Request request) {}

    private interface Request {
        JobRequest<?> after(@Nullable JobId before);
    }

    /** Goes on with this task in the queue of the first, if that can take what the last one returns. */
    public <P> JobChain<P> then(Task<? super O, P> next) {
        return then(queue, next, job -> {});
    }

    /** Goes on as {@link #then(Task)} does; the change starts from the task's options. */
    public <P> JobChain<P> then(Task<? super O, P> next, Consumer<JobOptions.Builder> change) {
        return then(queue, next, change);
    }

    /** Goes on as {@link #then(Task)} does, in the queue with this name. */
    public <P> JobChain<P> then(String queue, Task<? super O, P> next) {
        return then(queue, next, job -> {});
    }

    /**
     * Goes on as {@link #then(Task)} does, in the queue with this name; the change starts from the task's options.
     *
     * @throws JobException.Invalid when the name is malformed, or there are a hundred jobs already
     */
    public <P> JobChain<P> then(String queue, Task<? super O, P> next, Consumer<JobOptions.Builder> change) {
        if (links.size() == MAX_LINKS) {
            throw new JobException.Invalid("a chain has at most " + MAX_LINKS + " jobs");
        }
        Link link = new Link(Names.queue(queue), before -> request(next, before, change));
        return new JobChain<>(
                engine,
                this.queue,
                Stream.concat(links.stream(), Stream.of(link)).toList(),
                next);
    }

    /**
     * Enqueues all the jobs in one step, and emits a handle of the last. Its result is that of the chain; when another job
     * does not end well, the last is canceled.
     *
     * <p>Signals what {@link JobQueue#enqueue(JobRequest)} does, and then nothing of the chain is enqueued. An id or a
     * unique key that is taken is always refused, with {@link JobException.DuplicateJob}: the job that has it is in no
     * chain, or in another. Once subscribed to, cancelling does not recall the jobs.
     */
    public Mono<JobHandle<O>> enqueue() {
        return Mono.defer(() -> engine.jobs().enqueueChain(placed()))
                .map(id -> new JobHandle<>(engine, id, last.output()));
    }

    private List<Placed> placed() {
        List<Placed> placed = new ArrayList<>();
        JobId before = null;
        for (Link link : links) {
            JobRequest<?> request = link.request.after(before);
            before = JobStore.idFor(request);
            placed.add(new Placed(before, link.queue, request));
        }
        return placed;
    }

    private static <I, P> JobRequest<P> request(
            Task<I, P> next, @Nullable JobId before, Consumer<JobOptions.Builder> change) {
        if (before == null) {
            throw new IllegalStateException("only the first job of a chain comes after none");
        }
        Dependency parent = Dependency.on(before).cancelOnFailure();
        return next.input() == Void.class
                ? next.request(null, change.andThen(job -> job.dependsOn(parent)))
                : next.requestFromResultOf(before, change.andThen(job -> job.dependsOn(parent)));
    }

    @Override
    public String toString() {
        return "JobChain[" + links.size() + " jobs, from queue " + queue + "]";
    }
}
