package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How punctual scheduled jobs are. */
@Isolated("it measures time")
class ScheduledJobsIT extends Scene {

    private static final int JOBS = 1000;
    private static final int WORKERS = 3;
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final Map<JobId, Instant> due = new ConcurrentHashMap<>();
    private final Map<JobId, Queue<Instant>> started = new ConcurrentHashMap<>();

    @Test
    void aThousandJobsStartOnceEachAtTheMomentAskedFor() {
        IntStream.range(0, WORKERS)
                .forEach(i -> run(worker(jobs).handle(ACT, (input, job) -> {
                    started.computeIfAbsent(job.id(), id -> new ConcurrentLinkedQueue<>())
                            .add(Instant.now());
                    return Mono.just(input);
                })));
        await(enqueue("x").result()); // so that everything is loaded
        started.clear();
        Random random = new Random(7);
        Instant begin = Instant.now().plusMillis(500);

        List<? extends JobHandle<?>> handles = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, JOBS)
                        .map(i -> request(begin.plusMillis(random.nextInt((int) WITHIN.toMillis())))))
                .collectList());

        awaitAll(handles);
        assertThat(started).hasSize(JOBS);
        assertThat(started.values()).allSatisfy(starts -> assertThat(starts).hasSize(1));
        long[] lateness = due.keySet().stream()
                .mapToLong(id ->
                        Duration.between(due.get(id), started.get(id).peek()).toNanos() / 1000)
                .sorted()
                .toArray();
        System.out.printf(
                "%d jobs due within %d s, %d workers: %.1f ms late at the median, %.1f ms at p99, %.1f ms at most%n",
                JOBS,
                WITHIN.toSeconds(),
                WORKERS,
                lateness[JOBS / 2] / 1000.0,
                lateness[JOBS * 99 / 100] / 1000.0,
                lateness[JOBS - 1] / 1000.0);
        assertThat(lateness[0]).as("microseconds after the time asked for").isNotNegative();
        assertThat(Duration.ofNanos(lateness[JOBS / 2] * 1000)).isLessThan(Duration.ofSeconds(1));
        Eventually.holds(() -> assertThat(redis.keys()).noneMatch(key -> key.startsWith("scheduled:")));
    }

    private JobRequest<String> request(Instant at) {
        JobId id = JobId.random();
        due.put(id, at);
        return ACT.request("x", job -> job.id(id).at(at));
    }
}
