package dev.rq4j.examples.quickstart;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Task;
import dev.rq4j.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Starts a Redis of its own, enqueues real jobs, runs them, and shows what came of each. */
public final class Quickstart {

    /** What goes into an e-mail. */
    public record Email(String to, String subject) {}

    /** What comes back for it. */
    public record Receipt(String id, int bytes) {}

    private static final Task<Email, Receipt> SEND_EMAIL =
            Task.of("email.send", Email.class, Receipt.class).with(job -> job.timeout(Duration.ofSeconds(30)));
    private static final Task<String, Void> CLEAN_UP = Task.of("files.clean_up", String.class, Void.class);
    private static final Task<Integer, Integer> SQUARE = Task.of("math.square", Integer.class, Integer.class);
    private static final int BURST = 20_000;

    private final PrintStream out;
    private final JobClient jobs;
    private final JobQueue queue;

    Quickstart(PrintStream out, JobClient jobs) {
        this.out = out;
        this.jobs = jobs;
        this.queue = jobs.queue("emails");
    }

    /** Tells the story, and ends by itself. */
    public static void main(String[] args) {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            System.out.println("Redis runs at " + redis.uri());
            JobClient jobs = JobClient.connect(redis.uri());
            new Quickstart(System.out, jobs).tell().then(jobs.close()).block(Duration.ofMinutes(1));
        }
    }

    /** Runs a worker for as long as the story takes. */
    Mono<Void> tell() {
        Worker worker = Worker.builder(jobs)
                .queues("emails")
                .concurrency(256)
                .handle(SEND_EMAIL, Quickstart::send)
                .handle(CLEAN_UP, folder -> Mono.empty())
                .handle(SQUARE, n -> Mono.just(n * n))
                .build();
        return Mono.using(() -> worker.run().subscribe(), running -> story(), Disposable::dispose)
                .then(worker.stop(Duration.ofSeconds(5)));
    }

    private static Mono<Receipt> send(Email email) {
        return email.to().contains("@")
                ? Mono.just(new Receipt("mail-1", email.subject().length())).delayElement(Duration.ofMillis(50))
                : Mono.error(new IllegalArgumentException("no such address: " + email.to()));
    }

    private Mono<Void> story() {
        return Flux.concat(succeed(), returnNothing(), fail(), keepAsAsked(), keepNothing(), measure())
                .then();
    }

    private Mono<Void> succeed() {
        return queue.enqueue(SEND_EMAIL, new Email("ada@example.org", "Hello"))
                .flatMap(job -> job.result().doOnNext(receipt -> say("email.send returned", receipt)))
                .then();
    }

    private Mono<Void> returnNothing() {
        return queue.enqueue(CLEAN_UP, "/tmp")
                .flatMap(job -> job.result().then(show("files.clean_up returned nothing, and is kept:", job)));
    }

    private Mono<Void> fail() {
        return queue.enqueue(SEND_EMAIL, new Email("nobody", "Hello"))
                .flatMap(job -> job.result()
                        .doOnError(error -> say("email.send failed:", error.getMessage()))
                        .onErrorResume(JobException.JobFailed.class, error -> Mono.empty())
                        .then(show("  the failed job is kept:", job)));
    }

    private Mono<Void> keepAsAsked() {
        return queue.enqueue(SQUARE, 7, job -> job.resultTtl(Duration.ofHours(1)))
                .flatMap(job -> job.result()
                        .then(show("math.square with resultTtl of an hour:", job))
                        .then(job.persist())
                        .then(show("  after persist():", job)));
    }

    private Mono<Void> keepNothing() {
        JobId id = JobId.random();
        return queue.enqueueAndAwait(SQUARE, 8, job -> job.id(id).resultTtl(Retention.none()))
                .doOnNext(value -> say("math.square with resultTtl of zero returned", value))
                .then(jobs.job(id, SQUARE).snapshot())
                .then()
                .onErrorResume(JobException.NoSuchJob.class, gone -> {
                    say("  and left nothing:", gone.getMessage());
                    return Mono.empty();
                });
    }

    private Mono<Void> measure() {
        return Flux.range(0, BURST)
                .map(SQUARE::request)
                .as(queue::enqueueAll)
                .flatMap(JobHandle::result, 1024)
                .count()
                .elapsed()
                .doOnNext(timed -> say(
                        timed.getT2() + " jobs enqueued, run and awaited:",
                        timed.getT2() * 1000 / Math.max(1, timed.getT1()) + " jobs/s"))
                .then();
    }

    private Mono<Void> show(String what, JobHandle<?> handle) {
        return handle.snapshot().doOnNext(job -> say(what, describe(job))).then();
    }

    private static String describe(Job job) {
        Duration left = job.expiresIn();
        String kept = left == null ? "for ever" : "for " + Math.round(left.toMillis() / 1000.0) + " s";
        return job.status().wireName() + ", kept " + kept;
    }

    private void say(String what, @Nullable Object value) {
        out.println(what + " " + value);
    }
}
