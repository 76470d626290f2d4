package dev.rq4j.worker;

import dev.rq4j.JobClient;
import dev.rq4j.codec.OwnTasks;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Collects the handlers and options of a worker. Each method changes this builder and returns it. */
public final class WorkerBuilder {

    private final JobClient client;
    private final Map<String, Handler<?, ?>> handlers = new HashMap<>();
    private final List<JobInterceptor> interceptors = new ArrayList<>();
    private String name = "rq4j-" + UUID.randomUUID().toString().replace("-", "");
    private List<String> queues = List.of("default");
    private QueueOrder order = QueueOrder.STRICT;
    private int concurrency = 64;
    private Duration lease = Duration.ofSeconds(30);
    private int maxRecoveries = 3;
    private UnknownTask unknownTask = UnknownTask.FAIL;
    private Duration grace = Duration.ofSeconds(8);
    private boolean stopsWithJvm = true;
    private @Nullable Long maxJobs;
    private @Nullable Duration maxIdleTime;
    private Retention resultTtl = Retention.RESULT_DEFAULT;
    private WebhookOptions webhooks = WebhookOptions.DEFAULTS;
    private @Nullable Scheduler clock;

    WorkerBuilder(JobClient client) {
        this.client = client;
    }

    /**
     * Names the queues to serve, the most important first. While it waits for work, a worker holds one connection to Redis
     * more for each of them. Default: {@code default}.
     */
    public WorkerBuilder queues(String... queues) {
        this.queues = List.of(queues);
        return this;
    }

    /** Sets in which order to take from several queues. Default: {@link QueueOrder#STRICT}. */
    public WorkerBuilder order(QueueOrder order) {
        this.order = order;
        return this;
    }

    /**
     * Sets how many jobs to run at most at a time; they share a few threads. The next is asked for when the end of one is on
     * its way to Redis, so that as many again may be held whose ends are not written yet. Default: 64.
     */
    public WorkerBuilder concurrency(int jobs) {
        this.concurrency = jobs;
        return this;
    }

    /** Sets the name that others know the worker by, unique among live ones. Default: random. */
    public WorkerBuilder name(String name) {
        this.name = name;
        return this;
    }

    /**
     * Sets for how long a job stays with this worker without a sign of life; it gives one every third of that. A job whose
     * worker died starts again this much later. From 300 ms to 1 hour. Default: 30 s.
     */
    public WorkerBuilder lease(Duration lease) {
        this.lease = lease;
        return this;
    }

    /**
     * Sets how often a job is queued again after its worker died, before it is failed as abandoned: one that kills its
     * worker must not kill them all. A job's own option goes before. Default: 3.
     */
    public WorkerBuilder maxRecoveries(int times) {
        this.maxRecoveries = times;
        return this;
    }

    /** Sets what becomes of jobs whose task has no handler here. Default: {@link UnknownTask#FAIL}. */
    public WorkerBuilder unknownTask(UnknownTask unknownTask) {
        this.unknownTask = unknownTask;
        return this;
    }

    /**
     * Sets how long running jobs may take to end when the worker is told to stop, by the JVM or by a command; then they
     * are given back, which takes a moment: it should be shorter than what kills the process, such as the 10 s of
     * {@code docker stop}. From zero, which gives back at once what runs, to 365 days. Default: 8 s.
     */
    public WorkerBuilder grace(Duration grace) {
        this.grace = grace;
        return this;
    }

    /** Leaves it to the application to stop the worker before the JVM ends. Default: SIGTERM and SIGINT stop it. */
    public WorkerBuilder keepsRunningOnSignals() {
        this.stopsWithJvm = false;
        return this;
    }

    /**
     * Lets the worker end by itself when it has run this many jobs, as RQ's {@code max_jobs} does: it claims no more than
     * these, so that none has to be given back. An attempt that is tried again counts, and so does a job that it does not
     * run because it does not know the task. This is for {@link Worker#run()} and {@link Worker#drain()}. Default: any
     * number.
     */
    public WorkerBuilder maxJobs(long jobs) {
        this.maxJobs = jobs;
        return this;
    }

    /**
     * Lets the worker end by itself when nothing ran and nothing came for this long, as RQ's {@code max_idle_time} does.
     * While it is quiet, or all work is suspended, it waits. This is for {@link Worker#run()}. Default: it waits for ever.
     */
    public WorkerBuilder maxIdleTime(Duration time) {
        this.maxIdleTime = time;
        return this;
    }

    /**
     * Keeps finished jobs that do not say for how long themselves for this long, zero for not at all: RQ's
     * {@code default_result_ttl}. Default: 500 s.
     */
    public WorkerBuilder resultTtl(Duration ttl) {
        return resultTtl(Retention.of(ttl));
    }

    /** Keeps finished jobs that do not say themselves as said. Default: {@link Retention#RESULT_DEFAULT}. */
    public WorkerBuilder resultTtl(Retention retention) {
        this.resultTtl = retention;
        return this;
    }

    /** Registers what does a task. */
    public <I, O> WorkerBuilder handle(Task<I, O> task, Function<I, Mono<? extends O>> handler) {
        return handle(task, (input, job) -> handler.apply(input));
    }

    /** Registers what does a task, for a handler that wants to know its job. */
    public <I, O> WorkerBuilder handle(Task<I, O> task, JobHandler<I, O> handler) {
        return add(Handler.of(task, handler));
    }

    /**
     * Registers blocking code that does a task. Each job runs on a thread of its own, of which there are as many as
     * {@link #concurrency(int)} when needed.
     */
    public <I, O> WorkerBuilder handleBlocking(Task<I, O> task, BlockingFunction<I, O> handler) {
        return handleBlocking(task, (input, job) -> handler.apply(input));
    }

    /** Registers blocking code that does a task, for a handler that wants to know its job. */
    public <I, O> WorkerBuilder handleBlocking(Task<I, O> task, BlockingHandler<I, O> handler) {
        return add(Handler.blocking(task, handler));
    }

    /**
     * Puts these around every run of a handler, inside of those that were registered before: the first is the outermost.
     * Default: none.
     */
    public WorkerBuilder intercept(JobInterceptor... interceptors) {
        this.interceptors.addAll(List.of(interceptors));
        return this;
    }

    /**
     * Sets how to call the webhooks of jobs. Whoever serves a queue calls those of its jobs, each as a job of its own in
     * that queue, which is tried again five times within some minutes; it carries the id of that job, so that a receiver can
     * drop a repetition. A Python worker in the same queue cannot do such jobs. Default: {@link WebhookOptions#DEFAULTS}.
     */
    public WorkerBuilder webhooks(WebhookOptions options) {
        this.webhooks = options;
        return this;
    }

    /**
     * Sets what the timeouts of jobs go by, for tests: with Reactor's {@code VirtualTimeScheduler} a timeout of minutes is
     * over as soon as the test says so. It is not disposed of with the worker. Default: the real time.
     */
    public WorkerBuilder timeoutsOn(Scheduler clock) {
        this.clock = clock;
        return this;
    }

    /**
     * Returns the worker, which does nothing yet.
     *
     * @throws JobException.Invalid when an option cannot be
     */
    public Worker build() {
        Lifetime lifetime = new Lifetime(maxJobs, maxIdleTime);
        WorkerOptions options = new WorkerOptions(
                name,
                queues,
                order,
                concurrency,
                lease,
                maxRecoveries,
                unknownTask,
                grace,
                stopsWithJvm,
                lifetime,
                resultTtl);
        Repertoire repertoire =
                new Repertoire(new Handlers(handlers), new Interceptors(List.copyOf(interceptors)), webhooks, clock);
        return new Worker(client.engine(), options, repertoire);
    }

    private WorkerBuilder add(Handler<?, ?> handler) {
        String task = handler.task().name();
        if (OwnTasks.isOne(task)) {
            throw new JobException.Invalid("tasks that begin with \"" + OwnTasks.PREFIX
                    + "\" are rq4j's own, but there is " + "a handler for \"" + task + "\"");
        }
        if (handlers.putIfAbsent(task, handler) != null) {
            throw new JobException.Invalid("there is a handler for task \"" + task + "\" already");
        }
        return this;
    }
}
