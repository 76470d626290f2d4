package dev.rq4j.examples.dependencies;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.JobRegistry;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.worker.JobContext;
import dev.rq4j.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs that wait for others: chains, several parents, callbacks, what follows a failure, and groups. */
public final class Dependencies {

    private static final Task<String, String> DOWNLOAD = Task.of("video.download", String.class, String.class);
    private static final Task<String, String> CONVERT = Task.of("video.convert", String.class, String.class);
    private static final Task<String, Integer> MEASURE = Task.of("video.measure", String.class, Integer.class);
    private static final Task<Void, String> SUM_UP = Task.of("video.sum_up", Void.class, String.class);
    private static final Task<String, String> TELL = Task.of("people.tell", String.class, String.class);

    private final PrintStream out;
    private final JobClient jobs;
    private final JobQueue queue;

    Dependencies(PrintStream out, JobClient jobs) {
        this.out = out;
        this.jobs = jobs;
        this.queue = jobs.queue("videos");
    }

    /** Tells the story, and ends by itself. */
    public static void main(String[] args) {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            new Dependencies(System.out, jobs).tell().then(jobs.close()).block(Duration.ofMinutes(1));
        }
    }

    Mono<Void> tell() {
        Worker worker = Worker.builder(jobs)
                .queues("videos", "people")
                .handle(DOWNLOAD, Dependencies::download)
                .handle(CONVERT, file -> Mono.just(file.replace(".mov", ".mp4")))
                .handle(MEASURE, file -> Mono.just(file.length()))
                .handle(SUM_UP, Dependencies::sumUp)
                .handle(TELL, text -> Mono.just("told: " + text))
                .build();
        return Mono.using(() -> worker.run().subscribe(), running -> story(), Disposable::dispose)
                .then(worker.stop(ofSeconds(5)));
    }

    private Mono<Void> story() {
        return Flux.concat(chain(), severalParents(), callbacks(), whenAParentFails(), group())
                .then();
    }

    private static Mono<String> download(String url) {
        return url.startsWith("https:")
                ? Mono.just(url.substring(url.lastIndexOf('/') + 1))
                : Mono.error(new IllegalArgumentException("no address: " + url));
    }

    /** Reads what its parents returned. */
    private static Mono<String> sumUp(Void nothing, JobContext job) {
        return Flux.fromIterable(job.dependencies())
                .flatMapSequential(parent -> job.resultOf(parent, Integer.class))
                .reduce(Integer::sum)
                .map(sum -> job.dependencies().size() + " videos of " + sum + " letters");
    }

    /** Each takes what the one before returned; all are enqueued in one step. */
    private Mono<Void> chain() {
        return queue.chain(DOWNLOAD.request("https://example.org/cat.mov"))
                .then(CONVERT)
                .then(MEASURE)
                .enqueue()
                .flatMap(JobHandle::result)
                .doOnNext(size -> out.println("a chain returned " + size))
                .then();
    }

    private Mono<Void> severalParents() {
        return Flux.just("a.mp4", "bb.mp4", "ccc.mp4")
                .concatMap(file -> queue.enqueue(MEASURE, file))
                .map(JobHandle::id)
                .collectList()
                .flatMap(parents -> queue.enqueue(SUM_UP, null, job -> job.dependsOn(Dependency.on(parents))))
                .flatMap(JobHandle::result)
                .doOnNext(out::println)
                .then();
    }

    /** Jobs of their own, in whatever queue: seen, retried and kept like any other. */
    private Mono<Void> callbacks() {
        return queue.enqueue(
                        DOWNLOAD,
                        "https://example.org/dog.mov",
                        job -> job.onSuccess("people", TELL.request("the dog is there"))
                                .onFailure("people", TELL.request("no dog today")))
                .flatMap(JobHandle::result)
                .then(firstOf(jobs.queue("people").finished()))
                .flatMap(id -> jobs.job(id, TELL).result())
                .doOnNext(out::println)
                .then();
    }

    private static Mono<JobId> firstOf(JobRegistry registry) {
        return registry.ids().next().repeatWhenEmpty(looks -> looks.delayElements(ofMillis(20)));
    }

    /** One waits for somebody to queue the parent again, one is taken back, one runs all the same. */
    private Mono<Void> whenAParentFails() {
        return queue.enqueue(DOWNLOAD, "nowhere")
                .delayUntil(parent -> parent.result().onErrorComplete())
                .flatMapMany(parent -> Flux.concat(
                        child(Dependency.on(parent.id())),
                        child(Dependency.on(parent.id()).cancelOnFailure()),
                        child(Dependency.on(parent.id()).allowFailure())))
                .collectList()
                .flatMapMany(children -> children.get(2).result().thenMany(Flux.fromIterable(children)))
                .concatMap(JobHandle::status)
                .collectList()
                .doOnNext(statuses -> out.println("children of a failed job: " + statuses))
                .then();
    }

    private Mono<JobHandle<String>> child(Dependency dependency) {
        return queue.enqueue(CONVERT, "x.mov", job -> job.dependsOn(dependency));
    }

    /** Many jobs awaited as one, and a job that runs when all have ended. */
    private Mono<Void> group() {
        return jobs.group("season-1")
                .enqueue(
                        "videos",
                        List.of(
                                DOWNLOAD.request("https://example.org/1.mov"),
                                DOWNLOAD.request("https://example.org/2.mov"),
                                DOWNLOAD.request("nowhere")))
                .flatMap(group -> group.whenComplete("people", TELL.request("season 1 is complete"))
                        .flatMap(last -> group.await()
                                .doOnNext(progress -> out.printf(
                                        "of %d jobs, %d finished and %d failed%n",
                                        progress.total(), progress.finished(), progress.failed()))
                                .then(last.result())))
                .onErrorResume(JobException.class, error -> Mono.just(String.valueOf(error.getMessage())))
                .doOnNext(out::println)
                .then();
    }
}
