package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

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
    private static final Duration PUNCTUAL = Duration.ofMillis(50);
    /** For a machine that is busy, and by how much: then this is no more than a look whether they start at all. */
    private static final Duration LOOSE = Duration.ofSeconds(1);
    /** Even on an idle machine somebody else may come in between. */
    private static final int ROUNDS = 3;

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

        for (int round = 1; !isPunctual(round); round++) {
            assertThat(round).as("rounds on an idle machine, all of them late").isLessThan(ROUNDS);
        }

        Eventually.holds(() -> assertThat(redis.keys()).noneMatch(key -> key.startsWith("scheduled:")));
    }

    /** Plays a round, in which none may start twice or early, and returns whether it was in time if that can be told. */
    private boolean isPunctual(int round) {
        due.clear();
        started.clear();
        Random random = new Random(round);
        try (IdleMachine machine = new IdleMachine()) {
            Instant begin = Instant.now().plusMillis(500);
            awaitAll(get(jobs.queue(QUEUE)
                    .enqueueAll(Flux.range(0, JOBS)
                            .map(i -> request(begin.plusMillis(random.nextInt((int) WITHIN.toMillis())))))
                    .collectList()));
            assertThat(started).hasSize(JOBS);
            assertThat(started.values()).allSatisfy(starts -> assertThat(starts).hasSize(1));
            List<Duration> lateness = due.keySet().stream()
                    .map(id -> Duration.between(due.get(id), started.get(id).peek()))
                    .sorted()
                    .toList();
            assertThat(lateness.get(0)).as("after the time asked for").isGreaterThanOrEqualTo(Duration.ZERO);
            Duration late = lateness.get(JOBS * 99 / 100);
            tell(lateness, machine);
            if (machine.wasIdle()) {
                return late.compareTo(PUNCTUAL) < 0;
            }
            assertThat(lateness.get(JOBS / 2))
                    .as("late at the median")
                    .isLessThan(LOOSE.plus(machine.lateness().multipliedBy(20)));
            return true;
        }
    }

    private static void tell(List<Duration> lateness, IdleMachine machine) {
        System.out.printf(
                "%d jobs due within %d s, %d workers: %.1f ms late at the median, %.1f ms at p99, %.1f ms at most;"
                        + " plain timers %.1f ms at p99%s%n",
                JOBS,
                WITHIN.toSeconds(),
                WORKERS,
                millis(lateness.get(JOBS / 2)),
                millis(lateness.get(JOBS * 99 / 100)),
                millis(lateness.get(JOBS - 1)),
                millis(machine.lateness()),
                machine.wasIdle() ? "" : ": THE MACHINE IS TOO BUSY TO TELL WHETHER p99 IS UNDER 50 ms, NOT ASSERTED");
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private JobRequest<String> request(Instant at) {
        JobId id = JobId.random();
        due.put(id, at);
        return ACT.request("x", job -> job.id(id).at(at));
    }
}
