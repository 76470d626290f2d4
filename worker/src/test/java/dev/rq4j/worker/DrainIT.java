package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a drain does until it ends, and what it counts. */
class DrainIT extends Scene {

    private static final Task<String, String> FOREIGN = Task.of("tests.foreign", String.class, String.class);
    private static final Task<String, String> PARENT = Task.of("tests.parent", String.class, String.class);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64})
    void itEndsWhenOnlyForeignJobsAreLeft(int concurrency) {
        List<JobId> foreign = List.of(foreign(QUEUE), foreign(QUEUE));
        JobHandle<String> own = enqueue("own");
        JobId last = foreign(QUEUE);

        assertThat(drain(leaving().concurrency(concurrency))).isEqualTo(1);

        assertThat(get(own.result())).isEqualTo("own");
        assertLeft(QUEUE, foreign.get(0), foreign.get(1), last);
    }

    @Test
    void itFindsWhatWaitsBehindThousandsOfForeignJobs() {
        List<JobId> foreign = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.fromStream(IntStream.range(0, 2500).mapToObj(i -> FOREIGN.request("x"))))
                .<JobId>map(JobHandle::id)
                .collectList());
        enqueue("own");

        assertThat(drain(leaving().concurrency(2000))).isEqualTo(1);

        assertLeft(QUEUE, foreign.toArray(JobId[]::new));
    }

    @Test
    void foreignJobsOfOneQueueDoNotKeepItFromTheOther() {
        JobId foreign = foreign("first");
        enqueue("own");
        enqueue("own too");

        assertThat(drain(leaving().queues("first", QUEUE).concurrency(1))).isEqualTo(2);

        assertLeft("first", foreign);
        assertThat(redis.queue(QUEUE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void itRunsWhatItsJobsEnqueueBehindForeignJobs(int concurrency) {
        JobId foreign = foreign(QUEUE);
        get(jobs.queue(QUEUE).enqueue(PARENT, "x"));

        long ran = drain(leaving()
                .concurrency(concurrency)
                .handle(
                        PARENT,
                        input -> Mono.delay(Duration.ofMillis(300))
                                .then(jobs.queue(QUEUE).enqueue(ACT, "child"))
                                .thenReturn("enqueued")));

        assertThat(ran).isEqualTo(2);
        assertLeft(QUEUE, foreign);
    }

    @Test
    void itRunsAChildThatItsParentWaitsForBehindForeignJobs() {
        JobId foreign = foreign(QUEUE);
        JobHandle<String> parent = get(jobs.queue(QUEUE).enqueue(PARENT, "x"));

        assertThat(drain(leaving()
                        .concurrency(4)
                        .handle(
                                PARENT,
                                input -> jobs.queue(QUEUE).enqueue(ACT, "child").flatMap(JobHandle::result))))
                .isEqualTo(2);

        assertThat(get(parent.result())).isEqualTo("child");
        assertLeft(QUEUE, foreign);
    }

    @Test
    void itCountsWhatEndedWellOrNot() {
        enqueue("x");
        enqueue("fail");
        foreign(QUEUE); // fails, since nobody here knows it

        assertThat(drain(worker())).isEqualTo(3);
    }

    @Test
    void itDoesNotCountWhatWasTakenAway() {
        JobHandle<String> taken = enqueue(HANG);
        enqueue("x");
        CompletableFuture<Long> ran = worker().build().drain().toFuture();
        Eventually.holds(() -> assertThat(script.started()).hasSize(2));

        get(taken.cancel());

        assertThat(get(Mono.fromFuture(ran))).isEqualTo(1);
    }

    @Test
    void itDoesNotCountWhatWasGivenBack() {
        JobHandle<String> hanging = enqueue(HANG);
        enqueue("x");
        Worker worker = worker().build();
        CompletableFuture<Long> ran = worker.drain().toFuture();
        Eventually.holds(() -> assertThat(script.started()).hasSize(2));

        await(worker.stop(Duration.ZERO));

        assertThat(get(Mono.fromFuture(ran))).isEqualTo(1);
        assertLeft(QUEUE, hanging.id());
    }

    private WorkerBuilder leaving() {
        return worker().unknownTask(UnknownTask.LEAVE);
    }

    private JobId foreign(String queue) {
        return get(jobs.queue(queue).enqueue(FOREIGN, "x")).id();
    }

    private void assertLeft(String queue, JobId... left) {
        assertThat(redis.queue(queue))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(left).map(JobId::value).toList());
        assertThat(held(queue)).isEmpty();
        assertThat(left)
                .allSatisfy(id -> assertThat(redis.job(id))
                        .containsEntry("status", "queued")
                        .doesNotContainKeys("recoveries", "execution_id"));
    }
}
