package dev.rq4j.examples.quickstart;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Task;
import dev.rq4j.worker.Claim;
import dev.rq4j.worker.Worker;
import java.time.Duration;
import java.util.List;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The code of the README, compiled and run. */
final class FirstSteps {

    record Email(String to, String subject) {}

    record Receipt(String id) {}

    record Row(String table, int value) {}

    /** Sends e-mails without blocking. */
    interface Mailer {
        Mono<Receipt> send(Email email);
    }

    /** Builds reports, and takes its time. */
    interface Reports {
        String build(String name) throws InterruptedException;
    }

    /** Writes many rows at once. */
    interface Database {
        Mono<Void> insert(List<Row> rows);
    }

    static final Task<Email, Receipt> SEND_EMAIL = Task.of("email.send", Email.class, Receipt.class)
            .with(job -> job.timeout(ofSeconds(30)).resultTtl(ofHours(1)));
    static final Task<String, String> BUILD_REPORT = Task.of("reports.build", String.class, String.class);
    static final Task<Row, Void> INSERT_ROW = Task.of("db.insert", Row.class, Void.class);

    private FirstSteps() {}

    static Mono<Receipt> run(String redis, Mailer mailer, Reports reports) {
        JobClient jobs = JobClient.connect(redis);
        JobQueue emails = jobs.queue("emails");

        Worker worker = Worker.builder(jobs)
                .queues("emails", "default")
                .concurrency(256)
                .handle(SEND_EMAIL, mailer::send) // Email -> Mono<Receipt>
                .handleBlocking(BUILD_REPORT, reports::build) // blocking code, on threads of its own
                .build();
        Disposable running = worker.run().subscribe();

        Mono<Receipt> receipt = emails.enqueue(SEND_EMAIL, new Email("ada@example.org", "Hello"))
                .flatMap(JobHandle::result);

        return receipt.delayUntil(sent -> worker.stop(ofSeconds(10)).then(jobs.close()))
                .doFinally(end -> running.dispose());
    }

    static Flux<JobHandle<?>> enqueueVariants(JobQueue emails, Email email, Flux<Email> many) {
        Flux<JobRequest<Receipt>> requests = many.map(SEND_EMAIL::request);
        return Flux.concat(
                emails.enqueue(SEND_EMAIL, email, job -> job.id("welcome-42").atFront()),
                emails.enqueue(SEND_EMAIL, email, job -> job.resultTtl(Retention.none())),
                emails.enqueueAll(requests)); // some hundred in one step, with backpressure
    }

    static Flux<Void> insertInBatches(Worker worker, Database db) {
        return worker.claims(INSERT_ROW)
                .bufferTimeout(500, Duration.ofMillis(50), true)
                .concatMap(batch -> db.insert(batch.stream().map(Claim::input).toList())
                        .thenMany(Flux.fromIterable(batch).flatMap(claim -> claim.finish(null)))
                        .then());
    }
}
