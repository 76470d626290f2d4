package dev.rq4j.worker;

import dev.rq4j.job.Task;
import dev.rq4j.redis.Engine;
import dev.rq4j.redis.QueueSignal;
import dev.rq4j.worker.maintenance.Janitor;
import dev.rq4j.worker.maintenance.Recoverer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One life of a worker, from its registration to its last word: a run, a drain, or a stream of claims. */
final class Session {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    /** How long handlers that were cancelled may take to notice. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);

    private final WorkerOptions options;
    private final Engine engine;
    private final Threads threads;
    private final Leases leases;
    private final Statistics statistics = new Statistics();
    private final Settler settler;
    private final QueueSignal signal;
    private final ClaimStream claims;
    private final Registration registration;
    private final Disposable.Composite duties = Disposables.composite();
    private final Sinks.Empty<Void> stopping = Sinks.empty();
    private final Sinks.Empty<Void> aborted = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();

    Session(WorkerOptions options, Engine engine, boolean burst) {
        this.options = options;
        this.engine = engine;
        this.threads = Threads.of(options);
        this.leases = new Leases(engine.leases(), options.lease());
        this.settler = new Settler(options, leases, statistics, engine);
        this.signal = engine.signal();
        this.claims = new ClaimStream(options, burst, leases, engine, signal, threads.timer());
        this.registration = new Registration(options, engine.workers(), leases, statistics);
    }

    /** Registers and takes up the duties; waits for Redis if need be. */
    Mono<Void> open() {
        return registration.begin().takeUntilOther(stopping.asMono()).then(Mono.fromRunnable(this::takeUpDuties));
    }

    /** Runs jobs until there is nothing to do or the session is stopped; emits one for each. */
    Flux<Lease> run(Handlers handlers) {
        ExecutionRunner runner = new ExecutionRunner(options, handlers, threads, settler, engine);
        return claims.leases()
                .flatMap(lease -> runner.run(lease).thenReturn(lease), options.concurrency(), 1)
                .takeUntilOther(aborted.asMono());
    }

    /** Hands out what it claims. */
    <I, O> Flux<Claim<I, O>> claims(Task<I, O> task) {
        Claiming<I, O> claiming = new Claiming<>(task, options, engine.codec(), threads.timer());
        return claims.leases()
                .handle((lease, sink) -> claiming.open(lease, settler).ifPresent(sink::next));
    }

    /**
     * Claims no more, lets what runs end within the grace period, gives back the rest, and completes when the session is
     * closed.
     */
    Mono<Void> stop(Duration grace) {
        return Mono.defer(() -> {
            stopping.tryEmitEmpty();
            claims.stop();
            Mono<Void> giveUp = leases.giveBack()
                    .then(ended.asMono().timeout(LAST_WAIT, Mono.fromRunnable(aborted::tryEmitEmpty)))
                    .then(ended.asMono());
            return ended.asMono().timeout(grace, giveUp);
        });
    }

    /** Closes once what was handed out is settled, or the grace period is over. */
    Mono<Void> closeWhenSettled() {
        return Mono.defer(() -> {
            claims.stop();
            return leases.settled().timeout(options.grace(), Mono.empty()).then(close());
        });
    }

    /** Lays down the duties, gives back what is left and says goodbye. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            stopping.tryEmitEmpty();
            claims.stop();
            duties.dispose();
            return leases.giveBack()
                    .then(settler.idle())
                    .then(registration.end())
                    .then(signal.close())
                    .onErrorResume(error -> {
                        LOG.warn("could not close worker {} in order", options.name(), error);
                        return Mono.empty();
                    })
                    .then(Mono.fromRunnable(() -> {
                        threads.dispose();
                        ended.tryEmitEmpty();
                    }));
        });
    }

    /** Lets go of a session that was never opened. */
    void discard() {
        threads.dispose();
    }

    private void takeUpDuties() {
        Pulse pulse = new Pulse(threads.timer());
        Commands commands = new Commands(
                options.name(),
                engine.workers(),
                leases,
                () -> stop(options.grace()).subscribe());
        Recoverer recoverer = new Recoverer(engine.leases(), options.queues(), options.maxRecoveries());
        Janitor janitor = new Janitor(engine.queues(), engine.workers(), options.queues());
        if (options.stopsWithJvm()) {
            duties.add(ShutdownHook.install(options.name(), options.grace(), stop(options.grace()))::remove);
        }
        duties.add(Mono.when(
                        leases.keep(pulse),
                        registration.keep(pulse),
                        commands.obey(),
                        pulse.every(Recoverer.PAUSE, "recover jobs of dead workers", recoverer.recover()),
                        pulse.every(Janitor.PAUSE, "trim registries", janitor.tidy()))
                .subscribe(done -> {}, error -> LOG.error("a duty of worker {} ended", options.name(), error)));
    }
}
