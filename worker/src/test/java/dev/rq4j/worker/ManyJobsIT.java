package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;

/** Many jobs at a time in one worker. */
@Isolated("it measures time and counts threads")
class ManyJobsIT extends Scene {

    @Test
    void aThousandJobsThatWaitASecondTakeLittleMoreThanASecondAndNoThreads() {
        drain(worker()); // so that everything is loaded
        List<JobId> ids = enqueue(1000, "x");
        AtomicInteger most = new AtomicInteger();
        AtomicInteger threads = new AtomicInteger();
        int before = ManagementFactory.getThreadMXBean().getThreadCount();

        long start = System.nanoTime();
        long ran = drain(worker(jobs)
                .concurrency(1000)
                .handle(
                        ACT,
                        input -> Mono.delay(Duration.ofSeconds(1))
                                .doOnNext(waited -> {
                                    most.accumulateAndGet(
                                            ManagementFactory.getThreadMXBean().getThreadCount(), Math::max);
                                    threads.incrementAndGet();
                                })
                                .thenReturn(input)));
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        System.out.printf(
                "1000 jobs that wait 1 s each: %d ms, %d threads before, at most %d while they ran%n",
                took.toMillis(), before, most.get());
        assertThat(ran).isEqualTo(1000);
        assertThat(threads).hasValue(1000);
        assertThat(ids).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished"));
        assertThat(took).isLessThan(Duration.ofSeconds(6));
        assertThat(most.get() - before).isLessThan(20);
    }

    @Test
    void neverMoreThanItsConcurrencyIsHeld() {
        List<JobId> ids = enqueue(200, GATE);
        run(worker().concurrency(7));

        for (int done = 0; done < ids.size(); done += 7) {
            int expected = Math.min(7, ids.size() - done);
            List<JobId> batch = ids.subList(done, done + expected);
            Eventually.holds(() -> assertThat(held(QUEUE)).containsExactlyInAnyOrderElementsOf(batch));
            int all = done + expected;
            Eventually.holds(() -> assertThat(script.started()).hasSize(all));
            batch.forEach(script::open);
        }

        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
        assertThat(script.started()).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void aSlotThatIsFreeIsUsedAtOnceWhileOthersAreBusy() {
        List<JobId> stuck = enqueue(9, GATE);
        List<JobId> quick = enqueue(300, "x");

        run(worker().concurrency(10));

        Eventually.holds(
                () -> assertThat(quick).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished")));
        assertThat(held(QUEUE)).containsExactlyInAnyOrderElementsOf(stuck);
    }

    @Test
    void twoWorkersRunEachJobOnce() {
        List<JobId> ids = enqueue(2000, "x");

        Long together = Mono.zip(worker().build().drain(), worker().build().drain(), Long::sum)
                .block(Eventually.DEADLINE);

        assertThat(together).isEqualTo(2000);
        assertThat(script.started()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(ids).allSatisfy(id -> assertThat(redis.history(id)).hasSize(1));
    }
}
