package dev.rq4j.examples.chaos;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs that come when Redis has lost everything, from a client that was there before, as the workers were. */
final class Newcomers implements AutoCloseable {

    /** How soon they are to have run. */
    static final Duration SOON = Duration.ofSeconds(4);

    private static final int COUNT = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final JobClient jobs;

    Newcomers(String uri) {
        this.jobs = JobClient.connect(uri);
        jobs.ping().block(PATIENCE);
    }

    /** Returns how long it took until all of them had run, in all queues. */
    Duration run() {
        long began = System.nanoTime();
        Flux.fromIterable(Work.QUEUES)
                .flatMap(queue -> Flux.range(0, COUNT).flatMap(n -> run(queue, Kind.PLAIN.id(n) + "-" + queue)))
                .blockLast(PATIENCE);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private Mono<String> run(String queue, String id) {
        return jobs.queue(queue)
                .enqueue(Work.TASK, new Work(0, 0), job -> job.id(id))
                .flatMap(JobHandle::result);
    }

    @Override
    public void close() {
        jobs.close().block(PATIENCE);
    }
}
