package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What a worker does about queues that are paused, and about suspended work. */
class PausedQueuesIT extends Scene {

    private static final Task<String, String> PARENT = Task.of("tests.parent", String.class, String.class);

    private JobQueue paused;

    @BeforeEach
    void pause() {
        paused = jobs.queue("paused");
        await(paused.pause());
    }

    @Test
    void itsJobsWaitWhileThoseOfOthersRun() {
        JobHandle<String> waiting = get(paused.enqueue(ACT, "waiting"));
        run(worker().queues("paused", QUEUE));
        for (int i = 0; i < 10; i++) {
            assertThat(get(enqueue("x").result())).isEqualTo("x");
        }
        assertThat(status(waiting.id())).isEqualTo("queued");

        await(paused.resume());

        assertThat(get(waiting.result())).isEqualTo("waiting");
    }

    @Test
    void itsJobsStartWhenItIsResumedAndThereIsNoOther() {
        JobHandle<String> waiting = get(paused.enqueue(ACT, "waiting"));
        run(worker().queues("paused"));

        await(paused.resume());

        assertThat(get(waiting.result())).isEqualTo("waiting");
    }

    @Test
    void jobsStartWhenAllWorkIsResumed() {
        await(jobs.suspend());
        JobHandle<String> waiting = enqueue("waiting");
        run(worker().queues("paused", QUEUE));

        await(jobs.resume());

        assertThat(get(waiting.result())).isEqualTo("waiting");
    }

    @Test
    void itsJobsStartSoonWhenItIsResumedWithoutAWord() {
        JobHandle<String> waiting = get(paused.enqueue(ACT, "waiting"));
        run(worker().queues("paused", QUEUE));
        assertThat(get(enqueue("x").result())).isEqualTo("x");

        redis.commands().del(redis.key("paused"));

        assertThat(get(waiting.result())).isEqualTo("waiting");
    }

    @Test
    void whatRunsGoesOn() {
        await(paused.resume());
        JobHandle<String> running = get(paused.enqueue(ACT, GATE));
        run(worker().queues("paused"));
        Eventually.holds(() -> assertThat(script.started()).containsExactly(running.id()));

        await(paused.pause());
        script.open(running.id());

        assertThat(get(running.result())).isEqualTo("through the gate");
    }

    @Test
    void claimsOfAPipelineOfOnesOwnWaitToo() {
        JobHandle<String> waiting = get(paused.enqueue(ACT, "waiting"));
        CompletableFuture<Claim<String, String>> claimed = worker(jobs)
                .queues("paused", QUEUE)
                .build()
                .claims(ACT)
                .concatMap(claim -> claim.finish("done").thenReturn(claim))
                .next()
                .toFuture();
        JobHandle<String> other = enqueue("x");

        assertThat(get(other.result())).isEqualTo("done");
        assertThat(get(Mono.fromFuture(claimed)).job().id()).isEqualTo(other.id());
        assertThat(status(waiting.id())).isEqualTo("queued");
    }

    @Test
    void aDrainEndsWhenOnlyItHasJobs() {
        JobHandle<String> waiting = get(paused.enqueue(ACT, "waiting"));
        assertThat(drain(worker().queues("paused"))).isZero();

        enqueue("x");
        assertThat(drain(worker().queues("paused", QUEUE))).isEqualTo(1);

        assertThat(status(waiting.id())).isEqualTo("queued");
    }

    @Test
    void aDrainThatWaitsForItsLastJobEndsToo() {
        get(paused.enqueue(ACT, "waiting"));
        get(jobs.queue(QUEUE).enqueue(PARENT, "x"));

        long ran = drain(worker().queues("paused", QUEUE)
                .handle(
                        PARENT,
                        input -> paused.enqueue(ACT, "waiting too")
                                .delayElement(Duration.ofMillis(1500))
                                .then(jobs.queue(QUEUE).enqueue(ACT, "child"))
                                .thenReturn("enqueued")));

        assertThat(ran).isEqualTo(2);
        assertThat(redis.queue("paused")).hasSize(2);
    }

    @Test
    void aDrainThatLeavesJobsForOthersEndsToo() {
        get(paused.enqueue(ACT, "waiting"));
        get(jobs.queue(QUEUE).enqueue(PARENT, "for others"));
        enqueue("x");

        assertThat(drain(worker().queues("paused", QUEUE).unknownTask(UnknownTask.LEAVE)))
                .isEqualTo(1);
    }
}
