package dev.rq4j.examples.retries;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.worker.JobContext;
import dev.rq4j.worker.Worker;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs that fail and are tried again, those for which that is no use, and those that ask for more time. */
public final class Retries {

    static final Task<String, String> FETCH = Task.of("web.fetch", String.class, String.class)
            .with(job -> job.retry(RetryPolicy.times(4)
                    .exponential(ofMillis(500), ofSeconds(5))
                    .jitter(0.2)
                    .neverFor(IllegalArgumentException.class)));
    private static final Task<String, String> CONVERT = Task.of("video.convert", String.class, String.class);
    private static final Task<String, String> POLL = Task.of("export.poll", String.class, String.class);

    private final PrintStream out;
    private final JobClient jobs;
    private final JobQueue queue;

    Retries(PrintStream out, JobClient jobs) {
        this.out = out;
        this.jobs = jobs;
        this.queue = jobs.queue("downloads");
    }

    /** Tells the story, and ends by itself. */
    public static void main(String[] args) {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            new Retries(System.out, jobs).tell().then(jobs.close()).block(Duration.ofMinutes(1));
        }
    }

    Mono<Void> tell() {
        Worker worker = Worker.builder(jobs)
                .queues("downloads")
                .handle(FETCH, Retries::fetch)
                .handle(CONVERT, Retries::convert)
                .handle(POLL, Retries::poll)
                .build();
        return Mono.using(() -> worker.run().subscribe(), running -> story(), Disposable::dispose)
                .then(worker.stop(ofSeconds(5)));
    }

    private Mono<Void> story() {
        return Flux.concat(
                        run("the third attempt", FETCH, "https://example.org/unsteady"),
                        run("a wrong address", FETCH, "nowhere"),
                        run("the handler asked for", CONVERT, "cat.mp4"),
                        run("put off twice, and counted once", POLL, "export-7"),
                        giveUpAndTryAgain())
                .then();
    }

    /** Fails twice before it succeeds; for a wrong address there is no second attempt. */
    static Mono<String> fetch(String url, JobContext job) {
        if (!url.startsWith("https:")) {
            return Mono.error(new IllegalArgumentException("no address: " + url));
        }
        return job.attempt() < 3
                ? Mono.error(new IOException("connection reset"))
                : Mono.just("fetched in attempt " + job.attempt());
    }

    /** Knows itself when to try again: what it asks for goes before the policy of the job. */
    private static Mono<String> convert(String video, JobContext job) {
        return job.attempt() == 1
                ? job.retry(RetryPolicy.times(3).fixed(ofMillis(100)))
                : Mono.just("converted in attempt " + job.attempt());
    }

    /** Waits for somebody else: to be put off is no failure and is not counted. */
    private static Mono<String> poll(String export, JobContext job) {
        return job.updateMeta(meta -> {
                    meta.put("looks", looks(meta) + 1);
                    return meta;
                })
                .flatMap(meta ->
                        looks(meta) < 3 ? job.snooze(ofMillis(100)) : Mono.just("ready, attempt " + job.attempt()));
    }

    private static int looks(Map<String, Object> meta) {
        return (int) meta.getOrDefault("looks", 0);
    }

    private Mono<Void> run(String what, Task<String, String> task, String input) {
        return queue.enqueue(task, input)
                .flatMap(JobHandle::result)
                .onErrorResume(JobException.JobFailed.class, failed -> Mono.just(failed.reason()))
                .doOnNext(result -> out.println(what + ": " + result))
                .then();
    }

    /** Every failed attempt leaves its reason; what has failed for good can be queued again, with all its retries. */
    private Mono<Void> giveUpAndTryAgain() {
        return queue.enqueue(FETCH, "https://example.org/unsteady", job -> job.retry(RetryPolicy.times(1)))
                .flatMap(job -> job.result()
                        .onErrorResume(JobException.JobFailed.class, failed -> Mono.just("gave up"))
                        .doOnNext(out::println)
                        .then(job.results().count())
                        .doOnNext(attempts -> out.println("  failed attempts on record: " + attempts))
                        .then(job.requeue())
                        .then(job.result())
                        .onErrorResume(JobException.JobFailed.class, failed -> Mono.just("gave up once more"))
                        .doOnNext(result -> out.println("  queued again: " + result)))
                .then();
    }
}
