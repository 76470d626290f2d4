package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;

/** How soon an idle worker starts what others put into its queue. */
@Isolated("it measures time")
class PickUpIT extends Scene {

    private static final int ROUNDS = 50;

    @Test
    void anIdleWorkerStartsWhatPythonEnqueuesWithinMilliseconds() throws InterruptedException {
        BlockingQueue<Long> starts = new LinkedBlockingQueue<>();
        run(worker(jobs).queues("other", QUEUE).handle(ACT, input -> {
            starts.add(System.nanoTime());
            return Mono.just(input);
        }));
        awaitWork(starts); // so that everything is loaded and connected

        long[] micros = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            micros[round] = TimeUnit.NANOSECONDS.toMicros(awaitWork(starts));
        }

        long[] sorted = LongStream.of(micros).sorted().toArray();
        System.out.printf(
                "an idle worker started a job %.2f ms after its RPUSH (median of %d), %.2f ms at most%n",
                sorted[ROUNDS / 2] / 1000.0, ROUNDS, sorted[ROUNDS - 1] / 1000.0);
        assertThat(sorted[ROUNDS / 2]).isLessThan(Duration.ofSeconds(1).toMillis() * 1000);
        assertThat(sorted[ROUNDS - 1]).isLessThan(Duration.ofSeconds(3).toMillis() * 1000);
    }

    /** Enqueues as Python does and returns after how many nanoseconds the job began. */
    private long awaitWork(BlockingQueue<Long> starts) throws InterruptedException {
        JobId id = JobId.random();
        redis.commands()
                .hset(
                        redis.key("job:" + id),
                        Map.of(
                                "status", "queued",
                                "origin", QUEUE,
                                "data", "[\"tests.act\", null, [\"x\"], {}]",
                                "created_at", "2026-01-01T00:00:00.000000Z",
                                "timeout", "180"));
        redis.commands().sadd(redis.key("queues"), redis.key("queue:" + QUEUE));
        long before = System.nanoTime();
        redis.commands().rpush(redis.key("queue:" + QUEUE), id.value());
        Long start = starts.poll(20, TimeUnit.SECONDS);
        assertThat(start).isNotNull();
        await(jobs.job(id, String.class).result());
        return start - before;
    }
}
