package dev.rq4j.worker;

import dev.rq4j.JobClient;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Engine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs jobs. A worker does one thing at a time, {@link #run()}, {@link #drain()} or {@link #claims(Task)}, and can do the
 * next when that has ended; for two at a time build two. While it is at it, it is listed for all to see, obeys the commands
 * of Python RQ (stop-job, shutdown, suspend) and those of {@link dev.rq4j.Workers}, extends the leases of what it holds, and brings back the jobs of workers
 * that died.
 *
 * <p>It starts without Redis and waits for it; while Redis is away, running handlers go on, and settle when it is back if
 * their lease still holds.
 */
public final class Worker {

    private final Engine engine;
    private final WorkerOptions options;
    private final Repertoire repertoire;
    private final Quiet quiet = new Quiet();
    private final AtomicReference<@Nullable Session> current = new AtomicReference<>();

    Worker(Engine engine, WorkerOptions options, Repertoire repertoire) {
        this.engine = engine;
        this.options = options;
        this.repertoire = repertoire;
    }

    /** Returns a builder for workers of this client's namespace. */
    public static WorkerBuilder builder(JobClient client) {
        return new WorkerBuilder(client);
    }

    /** Returns the name that others know it by. */
    public String name() {
        return options.name();
    }

    /** Returns how it works. */
    public WorkerOptions options() {
        return options;
    }

    /**
     * Runs jobs until stopped, and completes then; or when its time is over that {@link WorkerBuilder#maxJobs} or
     * {@link WorkerBuilder#maxIdleTime} set. Cancelling stops it without a grace period: handlers are cancelled and
     * their jobs given back to the front of their queues, without counting an attempt.
     *
     * <p>Signals {@link JobException.WorkerNameTaken}, and {@link JobException.OfServer} for what does not pass by itself:
     * a server that is too old, evicts at the start, or denies access. {@link IllegalStateException} when it is
     * at work already.
     */
    public Mono<Void> run() {
        return life(false, Session::run, Session::close).then();
    }

    /**
     * Runs jobs until the queues are empty and nothing runs any more, and emits how many ended here, well or not: RQ's
     * burst mode. What was given back or taken away does not count, nor an attempt after which the job runs again. It ends
     * when nothing is left but jobs of queues that are paused and those that stay for other workers, as
     * {@link UnknownTask#LEAVE} says. While all work is suspended it ends at once. Otherwise as {@link #run()}.
     */
    public Mono<Long> drain() {
        return life(true, Session::run, Session::close).count();
    }

    /**
     * Hands out the jobs of one task under lease, for a pipeline of the application's own, until stopped. Demand for n
     * claims at most n, and at most as many are out at a time as the worker's concurrency says, however much is demanded.
     * Jobs of other tasks are treated as {@link WorkerBuilder#unknownTask} says.
     *
     * <p>Cancelling hands back at once what was claimed and not delivered. What was delivered can still be settled within
     * the worker's grace period and is given back then; the same goes for {@link #stop}, with its own grace period.
     * Signals what {@link #run()} signals.
     */
    public <I, O> Flux<Claim<I, O>> claims(Task<I, O> task) {
        return life(false, session -> session.claims(task), Session::closeWhenSettled);
    }

    /**
     * Stops what the worker is at: it claims no more, running jobs may end within the grace period, then their handlers
     * are cancelled and the jobs given back to the front of their queues, without counting an attempt. Completes when that
     * is done, at once when there is nothing to stop. Cancelling does not call it off. A period of more than 365 days is
     * one of 365 days; signals {@link JobException.Invalid} for a negative one.
     */
    public Mono<Void> stop(Duration grace) {
        return Mono.defer(() -> {
            if (grace.isNegative()) {
                throw new JobException.Invalid("a grace period must not be negative, but was " + grace);
            }
            Session session = current.get();
            return session == null ? Mono.empty() : session.stop(grace);
        });
    }

    /**
     * Takes no more jobs until told to {@link #resume()}, and goes on with those that it has; what it was claiming at this
     * moment still comes. It is listed as suspended and keeps to all its duties, commands included: {@code Workers.resume}
     * ends it, too. A drain does not end meanwhile. Can be called before the worker is at work.
     */
    public void quiet() {
        quiet.begin();
    }

    /** Takes jobs again after {@link #quiet()}, whoever called that. */
    public void resume() {
        quiet.end();
    }

    private <T> Flux<T> life(boolean burst, Function<Session, Flux<T>> work, Function<Session, Mono<Void>> closing) {
        return Flux.usingWhen(
                Mono.fromCallable(() -> begin(burst)),
                session -> session.open().thenMany(Flux.defer(() -> work.apply(session))),
                session -> end(session, closing),
                (session, error) -> end(session, closing),
                session -> end(session, closing));
    }

    private Session begin(boolean burst) {
        Session session = new Session(options, engine, repertoire, quiet, burst);
        if (!current.compareAndSet(null, session)) {
            session.end();
            throw new IllegalStateException("worker " + options.name() + " is at work already; build another one");
        }
        return session;
    }

    /** Who is told that one life has ended may begin the next at once. */
    private Mono<Void> end(Session session, Function<Session, Mono<Void>> closing) {
        return closing.apply(session).then(Mono.fromRunnable(() -> {
            current.compareAndSet(session, null);
            session.end();
        }));
    }
}
