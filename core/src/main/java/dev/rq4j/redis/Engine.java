package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * One namespace on one Redis: the stores, and the connections that they share. Public for the worker module;
 * applications use {@code JobClient}.
 */
public final class Engine {

    private final RedisConnections connections;
    private final Redis redis;
    private final HealthProbe probe;
    private final PayloadCodec codec;
    private final JobStore jobs;
    private final JobNotes notes;
    private final ResultStore results;
    private final InputStore inputs;
    private final LimitStore limits;
    private final UniqueStore uniques;
    private final QueueStore queues;
    private final LeaseStore leases;
    private final MoveStore moves;
    private final FailureStore failures;
    private final GroupStore groups;
    private final WorkerStore workers;
    private final TimeStore times;
    private final TurnStore turns;
    private final WorkerDirectory directory;
    private final PauseStore pauses;
    private final CronStore cron;
    private final CronRuns cronRuns;
    private final OutcomeBus outcomes;
    private final EventBus events;
    private final AuditStore audits;
    private final MemoryStore memory;
    private final Mono<Void> closing;

    /** Sets up everything and connects to nothing yet. */
    public Engine(RedisEndpoint endpoint, String prefix, PayloadCodec codec, boolean evictionAllowed) {
        Keys keys = new Keys(prefix);
        ServerCheck check = new ServerCheck(evictionAllowed);
        this.connections = new RedisConnections(endpoint, check);
        // The application's code follows upon the one, our own, which is quick, upon the other.
        Redis calls = new Redis(connections, keys, Schedulers.parallel());
        this.redis = new Redis(connections, keys, Schedulers.immediate());
        this.probe = new HealthProbe(redis, check);
        this.codec = codec;
        PubSub messages = new PubSub(connections);
        this.jobs = new JobStore(calls, codec);
        this.notes = new JobNotes(calls, codec);
        this.results = new ResultStore(calls, codec);
        this.inputs = new InputStore(calls, codec);
        this.limits = new LimitStore(calls);
        this.uniques = new UniqueStore(calls);
        this.queues = new QueueStore(calls, limits);
        this.audits = new AuditStore(calls, queues);
        this.memory = new MemoryStore(calls, audits);
        this.moves = new MoveStore(calls);
        this.failures = new FailureStore(calls, codec);
        this.groups = new GroupStore(calls, messages);
        this.leases = new LeaseStore(redis, codec);
        this.workers = new WorkerStore(redis, messages);
        this.times = new TimeStore(redis, messages);
        this.turns = new TurnStore(redis, messages);
        this.directory = new WorkerDirectory(calls);
        this.pauses = new PauseStore(calls, messages);
        OutcomeStore ends = new OutcomeStore(redis, codec);
        this.outcomes = new OutcomeBus(keys, messages, ends);
        this.events = new EventBus(redis, messages, ends);
        this.cron = new CronStore(calls, codec);
        this.cronRuns = new CronRuns(calls, cron);
        this.closing = Mono.defer(() -> {
                    outcomes.close();
                    events.close();
                    messages.close();
                    return connections.close();
                })
                .cache();
        messages.start();
        outcomes.start();
        events.start();
    }

    /** Connects if that has not happened and asks the server for a sign of life. */
    public Mono<Void> ping() {
        return redis.read(commands -> commands.ping()).then();
    }

    /** Returns what says how the server is. */
    public HealthProbe probe() {
        return probe;
    }

    /** Returns how payloads and results become bytes. */
    public PayloadCodec codec() {
        return codec;
    }

    /** Returns what can be done to single jobs. */
    public JobStore jobs() {
        return jobs;
    }

    /** Returns what is written beside jobs. */
    public JobNotes notes() {
        return notes;
    }

    /** Returns the history of jobs. */
    public ResultStore results() {
        return results;
    }

    /** Returns what reads the inputs of jobs. */
    public InputStore inputs() {
        return inputs;
    }

    /** Returns what can be done to the keys of limits. */
    public LimitStore limits() {
        return limits;
    }

    /** Returns what can be done to unique keys. */
    public UniqueStore uniques() {
        return uniques;
    }

    /** Returns what can be done to queues and registries. */
    public QueueStore queues() {
        return queues;
    }

    /** Returns what finds what is wrong, and mends it. */
    public AuditStore audits() {
        return audits;
    }

    /** Returns what measures the keys of the namespace. */
    public MemoryStore memory() {
        return memory;
    }

    /** Returns what sends jobs on another way. */
    public MoveStore moves() {
        return moves;
    }

    /** Returns what reads why jobs failed. */
    public FailureStore failures() {
        return failures;
    }

    /** Returns what can be done to groups. */
    public GroupStore groups() {
        return groups;
    }

    /** Returns what workers do with jobs. */
    public LeaseStore leases() {
        return leases;
    }

    /** Returns what is to be done when its time has come. */
    public TimeStore times() {
        return times;
    }

    /** Returns who has the turn at the duties of queues. */
    public TurnStore turns() {
        return turns;
    }

    /** Returns the table of what is done again and again. */
    public CronStore cron() {
        return cron;
    }

    /** Returns what makes the runs of that table. */
    public CronRuns cronRuns() {
        return cronRuns;
    }

    /** Returns what makes workers known. */
    public WorkerStore workers() {
        return workers;
    }

    /** Returns what is known of workers. */
    public WorkerDirectory directory() {
        return directory;
    }

    /** Returns what keeps workers from taking jobs. */
    public PauseStore pauses() {
        return pauses;
    }

    /** Returns what brings outcomes to those who wait. */
    public OutcomeBus outcomes() {
        return outcomes;
    }

    /** Returns what brings events to those who listen. */
    public EventBus events() {
        return events;
    }

    /** Returns a new waiter for work, with connections of its own. */
    public QueueSignal signal() {
        return new QueueSignal(redis);
    }

    /**
     * Closes all connections and the threads that are its own; what is still under way ends with an error. Once begun it
     * goes on to its end: cancelling stops only the waiting, and a second call waits for the end of the first.
     */
    public Mono<Void> close() {
        return closing;
    }
}
