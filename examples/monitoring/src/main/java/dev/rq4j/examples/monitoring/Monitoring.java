package dev.rq4j.examples.monitoring;

import static java.time.Duration.ofSeconds;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.LogLine;
import dev.rq4j.job.Task;
import dev.rq4j.worker.JobContext;
import dev.rq4j.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What can be seen while jobs run: events, progress, metadata, log lines, registries, workers, and whether all is well. */
public final class Monitoring {

    private static final Task<Integer, String> IMPORT = Task.of("orders.import", Integer.class, String.class);

    private final PrintStream out;
    private final JobClient jobs;
    private final JobQueue queue;

    Monitoring(PrintStream out, JobClient jobs) {
        this.out = out;
        this.jobs = jobs;
        this.queue = jobs.queue("imports");
    }

    /** Tells the story, and ends by itself. */
    public static void main(String[] args) {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            new Monitoring(System.out, jobs).tell().then(jobs.close()).block(Duration.ofMinutes(1));
        }
    }

    Mono<Void> tell() {
        Worker worker = Worker.builder(jobs)
                .queues("imports")
                .name("importer-1")
                .handle(IMPORT, Monitoring::importOrders)
                .build();
        return Mono.using(() -> worker.run().subscribe(), running -> story(), Disposable::dispose)
                .then(worker.stop(ofSeconds(5)));
    }

    private Mono<Void> story() {
        return Flux.concat(follow(), lookBack(), lists(), workers(), books()).then();
    }

    /** Says how far it is, keeps a log, and leaves a note on the job. */
    private static Mono<String> importOrders(int orders, JobContext job) {
        return Flux.range(1, orders)
                .concatMap(n -> job.progress(100 * n / orders, n + " of " + orders))
                .then(job.log("imported " + orders + " orders"))
                .then(job.updateMeta(meta -> {
                    meta.put("orders", orders);
                    return meta;
                }))
                .thenReturn("done");
    }

    /** The events of one job are pushed, from what it is now to its end; nobody pays for them while nobody listens. */
    private Mono<Void> follow() {
        return queue.enqueue(IMPORT, 2, job -> job.id("import-1").delay(ofSeconds(2)))
                .flatMapMany(JobHandle::events)
                .ofType(JobEvent.Happened.class)
                .map(event -> event.detail() == null ? event.type() : event.type() + " " + event.detail())
                .distinct()
                .collectList()
                .doOnNext(events -> out.println("events: " + events))
                .then();
    }

    private Mono<Void> lookBack() {
        JobHandle<String> job = jobs.job(JobId.of("import-1"), IMPORT);
        return Flux.concat(
                        job.snapshot().map(Job::progress).map(progress -> "progress: " + progress),
                        job.meta().map(meta -> "metadata: " + meta),
                        job.logs().map(LogLine::text).map(line -> "log: " + line),
                        job.results().map(result -> "attempt: " + result.type() + ", " + result.value(String.class)))
                .doOnNext(out::println)
                .then();
    }

    /** Every list comes page by page, as it is asked for. */
    private Mono<Void> lists() {
        return Flux.range(0, 3)
                .concatMap(n -> queue.enqueue(IMPORT, n, job -> job.delay(Duration.ofHours(1 + n))))
                .then(queue.registry(JobStatus.SCHEDULED).count())
                .doOnNext(count -> out.println("scheduled: " + count))
                .then(queue.finished().newestFirst().jobs().next())
                .doOnNext(newest -> out.println("finished last: " + newest.id() + " by " + newest.worker()))
                .then();
    }

    private Mono<Void> workers() {
        return jobs.workers()
                .find("importer-1")
                .doOnNext(worker -> out.println("worker: " + worker.name() + " of " + worker.queues()))
                .then(queue.pause())
                .then(queue.enqueue(IMPORT, 1, job -> job.id("import-2")))
                .flatMap(job -> job.position()
                        .doOnNext(position -> out.println("paused: the job stays at position " + position))
                        .then(queue.resume())
                        .then(job.result()))
                .doOnNext(result -> out.println("resumed: " + result))
                .then();
    }

    /** Whether all is where it belongs, whoever wrote it, and what it takes up. */
    private Mono<Void> books() {
        return jobs.audit()
                .doOnNext(finding -> out.println("found " + finding))
                .filterWhen(jobs::repair)
                .count()
                .doOnNext(mended -> out.println("mended: " + mended))
                .thenMany(jobs.memory())
                .filter(family -> family.name().equals("job"))
                .doOnNext(family -> out.println("jobs kept: " + family.keys() + ", measured: " + family.sampled()))
                .then();
    }
}
