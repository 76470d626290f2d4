package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.RetryPolicy;
import dev.rq4j.worker.testing.TestWorker;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Jobs that failed together do not come back together. */
class JitterIT extends Scene {

    private static final int JOBS = 300;
    private static final double HOUR = 3600;
    private static final RetryPolicy HOURLY = RetryPolicy.times(3).fixed(Duration.ofHours(1));

    private double before;
    private double after;

    @Test
    void retriesAreSpreadOverTheWholeRangeAndNotBeyond() {
        enqueue(HOURLY.jitter(0.5));

        assertSpread(times(worker()), 0.5, 1.5);
    }

    @Test
    void aWholeIntervalCanVary() {
        enqueue(HOURLY.jitter(1));

        assertSpread(times(worker()), 0, 2);
    }

    @Test
    void whatHandlersAskForIsSpreadToo() {
        enqueue(HOURLY);

        assertSpread(times(worker(jobs).handle(ACT, (act, job) -> job.retry(HOURLY.jitter(0.5)))), 0.5, 1.5);
    }

    @Test
    void eachRetryOfAJobIsDrawnAnew() {
        enqueue(HOURLY.jitter(0.5));
        TestWorker worker = TestWorker.of(jobs, builder -> builder.queues(QUEUE).handle(ACT, script));
        get(worker.drain());
        Map<String, Double> first = times();

        await(worker.advance(Duration.ofHours(2)));
        before = redis.now();
        get(worker.drain());
        after = redis.now();

        Map<String, Double> second = times();
        assertSpread(second, 0.5, 1.5);
        // The order in which they come back is another: a draw by the job alone would keep it.
        assertThat(second.keySet()).containsExactlyInAnyOrderElementsOf(first.keySet());
        assertThat(second.keySet().stream().filter(job -> isEarly(first, job) == isEarly(second, job)))
                .hasSizeBetween(JOBS / 4, JOBS * 3 / 4);
    }

    @Test
    void withoutItAllComeBackTogether() {
        enqueue(HOURLY);

        assertThat(times(worker()).values())
                .allSatisfy(at -> assertThat(at).isBetween(before + HOUR - 0.001, after + HOUR + 0.001));
    }

    private void enqueue(RetryPolicy policy) {
        get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, JOBS).map(i -> ACT.request("fail", job -> job.retry(policy))))
                .count());
    }

    /** Lets all fail once and returns when each is to come back. */
    private Map<String, Double> times(WorkerBuilder builder) {
        before = redis.now();
        drain(builder);
        after = redis.now();
        return times();
    }

    private Map<String, Double> times() {
        Map<String, Double> times = new TreeMap<>();
        redis.commands()
                .zrangeWithScores(redis.key("scheduled:" + QUEUE), 0, -1)
                .forEach(job -> times.put(job.getValue(), job.getScore()));
        assertThat(times).hasSize(JOBS);
        return times;
    }

    /** None comes before or after this part of an hour, and some in each tenth of the range. */
    private void assertSpread(Map<String, Double> times, double earliest, double latest) {
        assertThat(times.values())
                .allSatisfy(at ->
                        assertThat(at).isBetween(before + earliest * HOUR - 0.001, after + latest * HOUR + 0.001));
        assertThat(new HashSet<>(times.values())).hasSizeGreaterThan(JOBS * 9 / 10);
        double tenth = (latest - earliest) * HOUR / 10;
        for (int i = 0; i < 10; i++) {
            double from = before + earliest * HOUR + i * tenth;
            assertThat(times.values())
                    .as("tenth %d", i)
                    .anyMatch(at -> at >= from && at <= after - before + from + tenth);
        }
    }

    private boolean isEarly(Map<String, Double> times, String job) {
        return times.values().stream().filter(at -> at < times.get(job)).count() < JOBS / 2;
    }
}
