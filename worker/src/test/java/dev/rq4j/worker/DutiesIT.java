package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What is due is done by the one worker whose turn it is, and by the next when that one ends. */
class DutiesIT extends Scene {

    private static final String TURN = "turn:queue:" + QUEUE;

    @Test
    void whoStopsHandsOverAtOnce() {
        RunningWorker first = run(worker());
        String holder = awaitHolderBut(null);
        run(worker());
        await(enqueue("x").result());

        first.stop(Duration.ZERO);

        assertThat(redis.commands().get(redis.key(TURN))).isNotEqualTo(holder);
        awaitHolderBut(holder);
        assertThat(get(enqueue("later", job -> job.delay(Duration.ofMillis(50))).result()))
                .isEqualTo("later");
    }

    /** Whatever the moment at which the turn changes hands: nothing is left until somebody happens to look. */
    @RepeatedTest(3)
    void jobsThatBecomeDueMeanwhileRunOnceEach() {
        RunningWorker first = run(worker());
        String holder = awaitHolderBut(null);
        run(worker());
        Flux<JobHandle<String>> scheduled = Flux.range(0, 100)
                .concatMap(i -> jobs.queue(QUEUE)
                        .enqueue(
                                ACT,
                                "x",
                                job -> job.delay(Duration.ofMillis(
                                        ThreadLocalRandom.current().nextInt(1, 400)))));

        var handles = scheduled.collectList().toFuture();
        first.stop(Duration.ZERO);
        awaitAll(handles.join());

        assertThat(script.started()).hasSize(100).doesNotHaveDuplicates();
        awaitHolderBut(holder);
    }

    @Test
    void theTurnOfAKilledWorkerIsOverSoon() {
        try (WorkerProcess process =
                WorkerProcess.start(RedisExtension.uri(), redis.prefix(), Duration.ofSeconds(2), Duration.ZERO)) {
            String holder = awaitHolderBut(null);
            run(worker());
            await(enqueue("1").result());

            process.kill();
            long killed = System.nanoTime();
            JobHandle<String> job = enqueue("later", options -> options.delay(Duration.ofMillis(1)));

            assertThat(get(job.result())).isEqualTo("later");
            System.out.printf(
                    "a job that became due when the worker was killed whose turn it was: done %d ms later%n",
                    Duration.ofNanos(System.nanoTime() - killed).toMillis());
            awaitHolderBut(holder);
        }
    }

    private String awaitHolderBut(@Nullable String former) {
        Eventually.holds(() ->
                assertThat(redis.commands().get(redis.key(TURN))).isNotNull().isNotEqualTo(former));
        return redis.commands().get(redis.key(TURN));
    }
}
