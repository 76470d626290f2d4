package dev.rq4j.examples.limits;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import dev.rq4j.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Unique jobs, and keys of which only so many run at a time or in a while. */
public final class Limits {

    private static final Task<String, String> SYNC = Task.of("crm.sync", String.class, String.class);
    private static final Task<String, String> WELCOME = Task.of("mail.welcome", String.class, String.class)
            .with((address, job) -> job.unique(Unique.within("welcome:" + address, ofMinutes(5))));
    private static final Task<Integer, Integer> CALL = Task.of("api.call", Integer.class, Integer.class);

    private final PrintStream out;
    private final JobClient jobs;
    private final JobQueue queue;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    Limits(PrintStream out, JobClient jobs) {
        this.out = out;
        this.jobs = jobs;
        this.queue = jobs.queue("outbound");
    }

    /** Tells the story, and ends by itself. */
    public static void main(String[] args) {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            new Limits(System.out, jobs).tell().then(jobs.close()).block(Duration.ofMinutes(1));
        }
    }

    Mono<Void> tell() {
        Worker worker = Worker.builder(jobs)
                .queues("outbound")
                .handle(SYNC, account -> Mono.just("synced " + account))
                .handle(WELCOME, address -> Mono.just("welcomed " + address))
                .handle(CALL, this::call)
                .build();
        return unique().then(Mono.using(() -> worker.run().subscribe(), started -> story(), Disposable::dispose))
                .then(worker.stop(ofSeconds(5)));
    }

    private Mono<Void> story() {
        return Flux.concat(byInput(), debounced(), atATime(), inAWhile()).then();
    }

    /** While one waits or runs, a second is refused, or answered with the first. */
    private Mono<Void> unique() {
        Unique account = Unique.untilEnded("sync-account-7");
        return queue.enqueue(SYNC, "account 7", job -> job.unique(account))
                .flatMap(first -> queue.enqueue(SYNC, "account 7", job -> job.unique(account))
                        .then(Mono.just("two"))
                        .onErrorResume(JobException.DuplicateJob.class, taken -> Mono.just("one, the other is refused"))
                        .doOnNext(result -> out.println("jobs of account 7: " + result))
                        .then(queue.enqueue(
                                SYNC, "account 7", job -> job.unique(account.ifTaken(IfExists.RETURN_EXISTING))))
                        .doOnNext(existing -> out.println(
                                "  the same is returned: " + existing.id().equals(first.id()))))
                .then();
    }

    /** The task says what it is unique by: nobody who enqueues it has to know. */
    private Mono<Void> byInput() {
        return Flux.just("ada@example.org", "bob@example.org", "ada@example.org")
                .concatMap(address -> queue.enqueue(WELCOME, address)
                        .flatMap(JobHandle::result)
                        .onErrorResume(JobException.DuplicateJob.class, once -> Mono.just("once is enough")))
                .collectList()
                .doOnNext(results -> out.println("welcomes: " + results))
                .then();
    }

    /** Each takes the place of the one before and puts it off: of a burst, the last one runs. */
    private Mono<Void> debounced() {
        return Flux.range(1, 5)
                .concatMap(n -> queue.enqueue(
                        SYNC,
                        "version " + n,
                        job -> job.unique(Unique.debounce("index-rebuild")).delay(ofMillis(200))))
                .last()
                .flatMap(JobHandle::result)
                .doOnNext(result -> out.println("of five in a row: " + result))
                .then();
    }

    /** Two at a time, whatever the number of workers and queues; nobody polls for his turn. */
    private Mono<Void> atATime() {
        return calls(6, RateLimit.concurrency("partner-api", 2))
                .doOnNext(count -> out.println(count + " calls, at most " + most.get() + " at a time"))
                .then();
    }

    /** Five starts in a second, first come, first served. */
    private Mono<Void> inAWhile() {
        return calls(10, RateLimit.rate("sms-gateway", 5, ofSeconds(1)))
                .elapsed()
                .doOnNext(timed ->
                        out.println(timed.getT2() + " calls at 5/s took at least a second: " + (timed.getT1() >= 1000)))
                .then();
    }

    private Mono<Long> calls(int count, RateLimit limit) {
        return Flux.range(0, count)
                .map(n -> CALL.request(n, job -> job.limit(limit)))
                .as(queue::enqueueAll)
                .flatMap(JobHandle::result)
                .count();
    }

    private Mono<Integer> call(int n) {
        return Mono.delay(ofMillis(50))
                .doOnSubscribe(begun -> most.accumulateAndGet(running.incrementAndGet(), Math::max))
                // Before the worker is told of the end: the next starts as soon as that has been written.
                .doOnTerminate(running::decrementAndGet)
                .thenReturn(n);
    }
}
