package dev.rq4j.examples.chaos;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.examples.chaos.Entry.What;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes jobs until as many as were asked for are acknowledged, and writes down what it was told of each. A job of which it
 * does not know whether it is made, it makes no second time.
 */
final class Producer {

    /** What begins a line on standard output that says how many jobs are acknowledged. */
    static final String PROGRESS = "acknowledged ";

    private static final int AT_ONCE = 64;
    private static final int TOLD_EVERY = 100;
    private static final long ENOUGH_WAITING = 5_000;
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration AFTER_TROUBLE = Duration.ofMillis(50);

    private final Settings settings;
    private final Ledger ledger;
    private final List<JobQueue> queues;
    private final Random random;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private volatile boolean enough;

    private Producer(Settings settings, JobClient client, Ledger ledger) {
        this.settings = settings;
        this.ledger = ledger;
        this.queues = Work.QUEUES.stream().map(client::queue).toList();
        this.random = new Random(settings.seed());
    }

    /** Runs in a JVM of its own; the argument is the address of Redis. */
    public static void main(String[] args) {
        Settings settings = Settings.ofProperties(Path.of("."));
        JobClient client = JobClient.connect(args[0]);
        try (Ledger ledger = new Ledger(settings.directory(), "producer");
                Upkeep upkeep = new Upkeep(ledger)) {
            new Producer(settings, client, ledger).produce(upkeep).block();
        }
        client.close().block();
        System.exit(0);
    }

    private Mono<Void> produce(Upkeep upkeep) {
        Flux<Boolean> looks = Flux.interval(Duration.ZERO, LOOK_EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> waiting().onErrorReturn(0L))
                .map(waiting -> enough = waiting > ENOUGH_WAITING);
        Mono<Void> made = Flux.<Integer, Integer>generate(() -> 0, (number, sink) -> {
                    sink.next(number);
                    return number + 1;
                })
                .takeWhile(number -> acknowledged.get() < settings.jobs())
                .flatMap(number -> make(number).doOnSuccess(done -> upkeep.worked(acknowledged.get())), AT_ONCE, 1)
                .then();
        return Flux.merge(looks.then(), made.thenMany(Flux.error(new Done())))
                .onErrorResume(Done.class, done -> Mono.empty())
                .then();
    }

    private Mono<Long> waiting() {
        return Flux.fromIterable(queues).concatMap(JobQueue::size).reduce(0L, Long::sum);
    }

    private Mono<Void> make(int number) {
        Mono<Void> room = Mono.defer(() -> enough ? Mono.delay(LOOK_EVERY).then() : Mono.empty());
        return room.then(Mono.defer(() -> enqueue(number)));
    }

    private Mono<Void> enqueue(int number) {
        Kind kind;
        int millis;
        JobQueue queue;
        synchronized (random) {
            kind = Kind.draw(random);
            millis = kind.millis(random);
            queue = queues.get(random.nextInt(queues.size()));
        }
        String id = kind.id(number);
        Work work =
                new Work(millis, kind == Kind.FAILING ? Integer.MAX_VALUE : kind == Kind.RETRIED ? Kind.RETRIES : 0);
        return switch (kind) {
            case CHILD -> {
                String parent = Kind.PLAIN.id(number) + "-parent";
                yield told(parent, queue.enqueue(Work.TASK, work, Kind.PLAIN.options(parent, settings.kept())))
                        .flatMap(made -> told(
                                id,
                                queue.enqueue(
                                        Work.TASK,
                                        work,
                                        kind.options(id, settings.kept())
                                                .andThen(job -> job.dependsOn(Dependency.on(JobId.of(parent)))))))
                        .then();
            }
            case CANCELED ->
                told(id, queue.enqueue(Work.TASK, work, kind.options(id, settings.kept())))
                        .delayElement(Duration.ofMillis(millis))
                        .flatMap(handle -> cancel(id, handle));
            default ->
                told(id, queue.enqueue(Work.TASK, work, kind.options(id, settings.kept())))
                        .then();
        };
    }

    /** Writes down what is known of a new job, and emits its handle where it is made. */
    private Mono<JobHandle<String>> told(String id, Mono<JobHandle<String>> enqueued) {
        return enqueued.doOnNext(handle -> {
                    ledger.write(Entry.now(What.ACKNOWLEDGED, id, "-"));
                    int count = acknowledged.incrementAndGet();
                    if (count % TOLD_EVERY == 0) {
                        System.out.println(PROGRESS + count);
                    }
                })
                .onErrorResume(JobException.class, error -> {
                    boolean refused = error instanceof JobException.ServerFull
                            || error instanceof JobException.NoSuchDependency
                            || error instanceof JobException.DuplicateJob;
                    ledger.write(Entry.now(
                            refused ? What.REFUSED : What.UNKNOWN,
                            id,
                            error.getClass().getSimpleName()));
                    return Mono.delay(AFTER_TROUBLE).then(Mono.empty());
                });
    }

    private Mono<Void> cancel(String id, JobHandle<String> handle) {
        return handle.cancel()
                .doOnNext(done -> {
                    if (done) {
                        ledger.write(Entry.now(What.CANCELED, id, "-"));
                    }
                })
                .onErrorResume(JobException.class, error -> Mono.empty())
                .then();
    }

    /** Ends the looks when all is made. */
    private static final class Done extends RuntimeException {
        Done() {
            super(null, null, false, false);
        }
    }
}
