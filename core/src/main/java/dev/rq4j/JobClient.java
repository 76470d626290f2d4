package dev.rq4j;

import dev.rq4j.job.Finding;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.KeyFamily;
import dev.rq4j.job.Names;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.ServerHealth;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.RedisEndpoint;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The way in: one client for one key prefix on one Redis, made once and shared by the whole application. It connects when
 * it is first used, reconnects by itself, and holds one connection for commands and, once somebody awaits a result, one
 * for messages; its workers have one for leases, and one for each queue on which they wait for work. It has threads of its own from the start: {@link #close()} it. Safe to use from any thread.
 */
public final class JobClient {

    private static final int BATCH = 100;

    private final Engine engine;

    private JobClient(RedisEndpoint endpoint, JobClientOptions options) {
        this.engine = new Engine(endpoint, options.prefix(), options.codec(), options.evictionAllowed());
    }

    /**
     * Returns a client for the Redis at {@code redis://[user:password@]host[:port][/database]}, {@code rediss://} for TLS.
     * Nothing is connected yet; see {@link #ping()}.
     *
     * <p>With {@code redis-sentinel://host[:port][,host[:port]][/database]#master} it asks Sentinel for the master whenever it
     * connects, and connects anew when a connection breaks or leads to a replica, or as soon as one of the sentinels, to all
     * of which it listens, says that the master is another. Requests wait some seconds for that and then signal
     * {@link JobException.ServerUnavailable}. Redis replicates after it has answered: what the old master said yes to and the
     * new one had not heard of is lost, enqueued jobs, and the ends of jobs, which run again.
     *
     * @throws JobException.Invalid when the URI cannot be read, or not be connected to from this JVM
     */
    public static JobClient connect(String uri) {
        return connect(RedisEndpoint.of(uri), JobClientOptions.DEFAULTS);
    }

    /** Returns a client as {@link #connect(String)} does, with options of its own. */
    public static JobClient connect(String uri, JobClientOptions options) {
        return connect(RedisEndpoint.of(uri), options);
    }

    /**
     * Returns a client for an endpoint, which can be one that shares the threads of a Lettuce client that the application
     * owns. An endpoint serves one client.
     */
    public static JobClient connect(RedisEndpoint endpoint, JobClientOptions options) {
        return new JobClient(endpoint, options);
    }

    /** Returns a client as {@link #connect(RedisEndpoint, JobClientOptions)} does, with the usual options. */
    public static JobClient connect(RedisEndpoint endpoint) {
        return connect(endpoint, JobClientOptions.DEFAULTS);
    }

    /**
     * Returns the queue with this name; a queue needs no declaration.
     *
     * @throws JobException.Invalid when the name is malformed
     */
    public JobQueue queue(String name) {
        return new JobQueue(engine, Names.queue(name));
    }

    /**
     * Returns the group of jobs with this name; a group needs no declaration.
     *
     * @throws JobException.Invalid when the name is malformed
     */
    public JobGroup group(String name) {
        return new JobGroup(engine, Names.group(name));
    }

    /** Emits the names of all queues that anybody ever enqueued to, in alphabetical order. */
    public Flux<String> queues() {
        return engine.queues().names();
    }

    /**
     * Emits the names of all groups, in alphabetical order. One whose jobs are all gone may be among them for some minutes.
     * Cancelling stops the reading.
     */
    public Flux<String> groups() {
        return engine.groups().names();
    }

    /** Returns the key of a limit, with the jobs that it holds back. */
    public JobLimit limit(RateLimit limit) {
        return new JobLimit(engine, limit);
    }

    /**
     * Returns the key of unique jobs.
     *
     * @throws JobException.Invalid when the key is malformed
     */
    public UniqueKey unique(String key) {
        return new UniqueKey(engine, Unique.untilEnded(key).key());
    }

    /** Returns the workers of all queues, in Java and Python. */
    public Workers workers() {
        return new Workers(engine.directory());
    }

    /** Returns the table of the jobs that are enqueued again and again. */
    public CronTable cron() {
        return new CronTable(engine);
    }

    /** Returns a handle of a job that was enqueued elsewhere or earlier; whether it exists shows when it is used. */
    public <O> JobHandle<O> job(JobId id, Task<?, O> task) {
        return new JobHandle<>(engine, id, task.output());
    }

    /** Returns a handle of a job whose result, if it is awaited, is read as this type. */
    public <O> JobHandle<O> job(JobId id, Class<O> output) {
        return new JobHandle<>(engine, id, output);
    }

    /** Returns a handle of a job whose result, if it is awaited, is read as this type, which may have parameters of its own. */
    public <O> JobHandle<O> job(JobId id, TypeRef<O> output) {
        return new JobHandle<>(engine, id, output.type());
    }

    /**
     * Emits what Redis says about these jobs, in their order, up to a hundred read in one step as they are asked for. Those
     * that are not there are left out. Cancelling stops the reading.
     */
    public Flux<Job> jobs(Iterable<JobId> ids) {
        return Flux.fromIterable(ids).buffer(BATCH).concatMap(engine.jobs()::find, 1);
    }

    /**
     * Suspends all work of this prefix until {@link #resume()}, as {@code rq suspend} does: workers in Java and in Python
     * take no more jobs, from whatever queue, and go on with those that they run. Suspending twice is the same as once. Once
     * subscribed to, cancelling does not recall it.
     */
    public Mono<Void> suspend() {
        return engine.pauses().suspend();
    }

    /**
     * Suspends all work for this long, or until {@link #resume()}; otherwise as {@link #suspend()}. Signals
     * {@link JobException.Invalid} for what is not positive, or longer than a century.
     */
    public Mono<Void> suspend(Duration duration) {
        return engine.pauses().suspend(duration);
    }

    /**
     * Lets all work go on, as {@code rq resume} does: workers in Java at once. Queues that are paused stay so. Does nothing
     * when nothing is suspended.
     */
    public Mono<Void> resume() {
        return engine.pauses().resume();
    }

    /** Emits whether all work is suspended, from here or by {@code rq suspend}. */
    public Mono<Boolean> isSuspended() {
        return engine.pauses().isSuspended();
    }

    /**
     * Walks all keys of this prefix, whoever wrote them, and emits what cannot be right. It reads page by page as
     * findings are asked for, and holds up Redis with none of them; cancelling stops it. Each suspicion is looked into in
     * one step, so that what moves meanwhile is not among them. What a Python worker may just be doing is not either: a job
     * that changed within the last minute, or, where only a second look can tell, what was not found by an audit of the last
     * hours more than a minute ago. Nor is it found that a job is missing in a queue of more than 200,000.
     *
     * <p>It costs a few commands a key. While Redis rehashes its keys, a finding may come twice. The ids that wait in queues
     * are remembered in eight bytes each, up to 32 MB.
     */
    public Flux<Finding> audit() {
        return engine.audits().audit();
    }

    /**
     * Mends what an audit has found, if it still is so: a job goes where its status says, or back to the front of its queue
     * if nobody runs it; one that was scheduled for a time that nobody knows any more, since Python keeps that in the
     * registry alone, is due now; what belongs to no job goes; what stays for ever gets the time to live that was asked for,
     * or the usual one. Emits whether it mended anything; doing it twice, or late, is harmless. Once subscribed to, cancelling
     * does not recall it.
     */
    public Mono<Boolean> repair(Finding finding) {
        return engine.audits().repair(finding);
    }

    /**
     * Emits what the keys of this prefix take up, family by family in alphabetical order, to judge by how long jobs are to
     * be kept. All keys are counted, page by page, and up to two hundred of each family measured, each by a command of its
     * own; what Redis does not let us measure is counted only. Cancelling stops the counting.
     */
    public Flux<KeyFamily> memory() {
        return engine.memory().families();
    }

    /**
     * Connects, if that has not happened, and completes when Redis has answered: for those who want to know at start.
     * Signals what stands in the way, after some seconds if it may have been passing:
     * {@link JobException.ServerUnavailable}, {@link JobException.ServerUnsupported}, {@link JobException.AccessDenied},
     * {@link JobException.ServerEvicting}.
     */
    public Mono<Void> ping() {
        return engine.ping();
    }

    /**
     * Asks Redis at each subscription how it is, and emits the answer within five seconds: for health checks. Trouble with
     * the server is an answer that is not {@link ServerHealth#up()}, and no error. Cancelling stops the waiting.
     */
    public Mono<ServerHealth> health() {
        return engine.probe().health();
    }

    /**
     * Closes the connections, and the threads unless the application owns them; everything under way ends with an error,
     * and so does everything after. Subscribing again does nothing.
     */
    public Mono<Void> close() {
        return engine.close();
    }

    /** Returns what stands below: for the worker module, and not part of the API that is kept stable. */
    public Engine engine() {
        return engine;
    }
}
