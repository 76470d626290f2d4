package dev.rq4j.worker;

import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.QueueSignal;
import dev.rq4j.redis.Settled;
import dev.rq4j.worker.maintenance.Auditor;
import dev.rq4j.worker.maintenance.CronTicker;
import dev.rq4j.worker.maintenance.Janitor;
import dev.rq4j.worker.maintenance.Promoter;
import dev.rq4j.worker.maintenance.Recoverer;
import dev.rq4j.worker.maintenance.Turns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** One life of a worker, from its registration to its last word: a run, a drain, or a stream of claims. */
final class Session {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    /** How long handlers that were cancelled may take to notice. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);
    /** How long the last words to Redis may take. */
    static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private final WorkerOptions options;
    private final Engine engine;
    private final Quiet quiet;
    private final Threads threads;
    private final Leases leases;
    private final Statistics statistics = new Statistics();
    private final Repertoire repertoire;
    private final Tools tools;
    private final WebhookSender webhooks;
    private final QueueSignal signal;
    private final ClaimStream claims;
    private final Registration registration;
    private final Promoter promoter;
    private final Turns turns;
    private final boolean burst;
    private final Disposable.Composite duties = Disposables.composite();
    private final Sinks.Empty<Void> stopping = Sinks.empty();
    private final Sinks.Empty<Void> aborted = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean told;
    private volatile boolean started;

    Session(WorkerOptions options, Engine engine, Repertoire repertoire, Quiet quiet, boolean burst) {
        this.options = options;
        this.engine = engine;
        this.repertoire = repertoire;
        this.quiet = quiet;
        this.threads = Threads.of(options, repertoire.clock());
        this.leases = new Leases(engine.leases(), options.lease(), threads.timer());
        this.signal = engine.signal();
        Drain drain = burst ? new Drain(engine.queues(), options.queues()) : null;
        Settler settler = new Settler(options, leases, statistics, engine);
        Strangers strangers =
                new Strangers(options.unknownTask(), settler, leases, drain == null ? job -> {} : drain::giveBack);
        this.tools = new Tools(threads, settler, strangers, engine);
        this.webhooks = new WebhookSender(repertoire.webhooks(), threads.timer());
        this.claims = new ClaimStream(options, drain, leases, quiet, engine, signal, threads);
        this.burst = burst;
        CronTicker cron = new CronTicker(engine.cronRuns());
        this.promoter = new Promoter(engine.times(), cron.tick());
        this.turns = new Turns(engine.turns(), options.queues());
        this.registration = new Registration(options, engine.workers(), leases, statistics, quiet);
    }

    /** Registers and takes up the duties; waits for Redis if need be. */
    Mono<Void> open() {
        Mono<?> first = burst ? promoter.round(options.queues()) : Mono.empty();
        return registration
                .begin()
                .then(Mono.fromRunnable(this::sayThatItHasStarted))
                .then(first)
                .then()
                .takeUntilOther(stopping.asMono())
                .then(Mono.fromRunnable(this::takeUpDuties));
    }

    /** Runs jobs until there is nothing to do, the session is stopped or its lifetime over; emits one for each that ended. */
    Flux<Settled> run() {
        ExecutionRunner runner = new ExecutionRunner(repertoire.with(deliver()), tools);
        Long maxJobs = options.lifetime().maxJobs();
        Duration maxIdleTime = options.lifetime().maxIdleTime();
        if (maxIdleTime != null) {
            takeUp(new Idleness(leases, quiet, threads.timer())
                    .lasts(maxIdleTime)
                    .then(Mono.fromRunnable(claims::stop)));
        }
        // Each run looks for a thread of its own.
        Flux<Lease> leased = claims.leases(Schedulers.immediate());
        Flux<Lease> jobs = maxJobs == null ? leased : leased.take(maxJobs);
        return Slots.fill(jobs, options.concurrency(), runner::run).takeUntilOther(aborted.asMono());
    }

    /** Hands out what it claims. */
    <I, O> Flux<Claim<I, O>> claims(Task<I, O> task) {
        Claiming<I, O> claiming = new Claiming<>(task, tools, new ExecutionRunner(repertoire.only(deliver()), tools));
        return claims.leases(threads.handlers())
                .handle((lease, sink) -> claiming.open(lease).ifPresent(sink::next));
    }

    /**
     * Claims no more, lets what runs end within the grace period, gives back the rest, and completes when the session is
     * closed. Once begun it is not called off.
     */
    Mono<Void> stop(Duration grace) {
        return Mono.defer(() -> {
            told = true;
            claimNoMore();
            Mono<Void> giveUp =
                    giveBack().then(ended.asMono().timeout(LAST_WAIT, Mono.fromRunnable(aborted::tryEmitEmpty)));
            ended.asMono()
                    .timeout(shorter(grace, WorkerOptions.LONGEST_GRACE), giveUp)
                    .subscribe();
            return ended.asMono();
        });
    }

    /** Closes once what was handed out is settled, or the grace period is over: that of {@link #stop} if it was stopped. */
    Mono<Void> closeWhenSettled() {
        return Mono.defer(() -> {
            claimNoMore();
            Mono<Void> settled = claims.over().then(leases.settled());
            return (told ? settled : settled.timeout(options.grace(), Mono.empty())).then(close());
        });
    }

    /** Gives back what is left, lays down the duties and says goodbye. Does not take long, even without Redis. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            claimNoMore();
            return giveBack()
                    .then(claims.over())
                    .then(leases.settled())
                    .timeout(LAST_WORDS, Mono.empty())
                    .then(Mono.fromRunnable(duties::dispose))
                    .then(Mono.when(registration.end(), turns.leave()).timeout(LAST_WORDS, Mono.empty()))
                    .then(signal.close().timeout(LAST_WORDS, Mono.empty()))
                    .doOnSuccess(closed -> sayThatItHasStopped())
                    .onErrorResume(error -> {
                        LOG.warn("could not close worker {} in order", options.name(), error);
                        return Mono.empty();
                    });
        });
    }

    /** Lets go of everything; the last thing that happens to a session. */
    void end() {
        webhooks.close();
        threads.dispose();
        ended.tryEmitEmpty();
    }

    /** What a last request brought, and was not handed out, goes back before the rest: so all keep their order. */
    private Mono<Void> giveBack() {
        return claims.over().timeout(LAST_WAIT, Mono.empty()).then(leases.giveBack());
    }

    private void claimNoMore() {
        stopping.tryEmitEmpty();
        claims.stop();
    }

    private void sayThatItHasStarted() {
        started = true;
        LOG.info(
                "worker {} has started: queues {}, {} jobs at a time",
                options.name(),
                options.queues(),
                options.concurrency());
    }

    private void sayThatItHasStopped() {
        if (started) {
            LOG.info("worker {} has stopped: {} jobs done", options.name(), statistics.done());
        }
    }

    private void takeUpDuties() {
        if (told) {
            return;
        }
        Pulse pulse = new Pulse(threads.timer());
        Commands commands = new Commands(
                options.name(),
                engine.workers(),
                leases,
                quiet,
                () -> stop(options.grace()).subscribe());
        Mono<Void> recover = turns.at(
                queues -> new Recoverer(engine.leases(), queues, options.maxRecoveries(), this::mourn).recover());
        Mono<Void> tidy = turns.at(queues -> new Janitor(engine, queues).tidy());
        if (options.stopsWithJvm()) {
            duties.add(ShutdownHook.install(options.name(), options.grace(), stop(options.grace()))::remove);
        }
        Stream.of(
                        leases.keep(pulse),
                        registration.keep(pulse),
                        commands.obey(),
                        promoter.keep(turns, threads.timer()),
                        turns.keep(threads.timer()),
                        pulse.every(Recoverer.PAUSE, "recover jobs of dead workers", recover),
                        pulse.every(Janitor.PAUSE, "trim registries", tidy),
                        pulse.every(Auditor.PAUSE, "audit the namespace", new Auditor(engine).round()))
                .forEach(this::takeUp);
    }

    /** Each stands for itself: leases are kept even where Redis allows no messages. */
    private void takeUp(Mono<Void> duty) {
        duties.add(duty.subscribe(done -> {}, error -> LOG.error("a duty of worker {} ended", options.name(), error)));
    }

    /** Nobody had the job in hand when it failed: whoever found that calls its webhooks. */
    private Mono<Void> mourn(ClaimedJob job) {
        Attempt attempt = new Attempt(job.execution(), "", Instant.now(), Instant.now());
        List<JobRequest<Void>> calls =
                new Aftermath(job, options.resultTtl(), engine.codec()).failed(attempt, LeaseStore.ABANDONED);
        return engine.jobs().enqueue(job.execution().queue(), calls).then();
    }

    private Handler<Delivery, Void> deliver() {
        return Handler.of(
                Delivery.TASK,
                (delivery, job) -> webhooks.send(delivery, job.id().value()));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
