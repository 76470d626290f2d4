package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.JobException;
import dev.rq4j.job.RunningExecution;
import dev.rq4j.job.WorkerInfo;
import dev.rq4j.job.WorkerInfo.State;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Workers as others see them, and what others can tell them, through the client. */
class QuietIT extends Scene {

    private static final String NAME = "listener";

    @Test
    void aQuietWorkerGoesOnWithWhatItHasAndTakesNoMore() {
        JobHandle<String> running = enqueue(GATE);
        run(worker().name(NAME));
        Eventually.holds(() -> assertThat(script.started()).hasSize(1));

        tell(jobs.workers().quiet(NAME));
        awaitState(State.SUSPENDED);
        JobHandle<String> next = enqueue("x");
        script.open(running.id());
        assertThat(get(running.result())).isEqualTo("through the gate");

        awaitState(State.SUSPENDED);
        assertThat(status(next.id())).isEqualTo("queued");
        tell(jobs.workers().resume(NAME));
        assertThat(get(next.result())).isEqualTo("x");
        awaitState(State.IDLE);
    }

    @Test
    void aWorkerThatWaitsForJobsCanBeQuieted() {
        RunningWorker worker = run(worker().name(NAME));
        awaitState(State.IDLE);

        worker.worker().quiet();
        awaitState(State.SUSPENDED);
        JobHandle<String> job = enqueue("x");
        JobHandle<String> other = get(jobs.queue("other").enqueue(ScriptedHandler.ACT, "y"));
        run(worker().queues("other"));
        assertThat(get(other.result())).isEqualTo("y");

        assertThat(status(job.id())).isEqualTo("queued");
        worker.worker().resume();
        assertThat(get(job.result())).isEqualTo("x");
    }

    @Test
    void aWorkerCanBeQuietFromTheBeginning() {
        Worker worker = worker().name(NAME).build();
        JobHandle<String> job = enqueue("x");
        worker.quiet();
        CompletableFuture<Long> drained = worker.drain().toFuture();
        awaitState(State.SUSPENDED);

        assertThat(drained).isNotDone();
        worker.resume();

        assertThat(drained.join()).isEqualTo(1);
        assertThat(get(job.result())).isEqualTo("x");
    }

    @Test
    void aQuietWorkerCanBeStopped() {
        JobHandle<String> job = enqueue("x");
        Worker worker = worker().name(NAME).build();
        worker.quiet();
        CompletableFuture<Void> end = worker.run().toFuture();
        awaitState(State.SUSPENDED);

        tell(jobs.workers().stop(NAME));
        end.join();

        assertThat(status(job.id())).isEqualTo("queued");
        assertThat(jobs.workers().find(NAME).blockOptional()).isEmpty();
        worker.resume();
        assertThat(get(worker.drain())).isEqualTo(1);
    }

    @Test
    void aWorkerShowsThatAllWorkIsSuspended() {
        redis.commands().set(redis.key("suspended"), "1");
        run(worker().name(NAME));
        awaitState(State.SUSPENDED);

        redis.commands().del(redis.key("suspended"));
        awaitState(State.IDLE);
    }

    @Test
    void whatAWorkerRunsIsSeenAndStopped() {
        JobHandle<String> one = enqueue(HANG);
        JobHandle<String> two = enqueue(HANG);
        run(worker().name(NAME));
        Eventually.holds(() -> assertThat(script.started()).hasSize(2));
        awaitState(State.BUSY);

        assertThat(get(jobs.queue(QUEUE).executions().collectList()))
                .extracting(RunningExecution::worker)
                .containsExactly(NAME, NAME);
        Eventually.holds(() -> {
            WorkerInfo worker = get(jobs.workers().find(NAME));
            assertThat(worker.running()).isEqualTo(2);
            assertThat(List.of(one.id(), two.id())).contains(worker.currentJob());
        });
        tell(one.stop());
        assertThatThrownBy(() -> await(one.result())).isInstanceOf(JobException.JobStopped.class);
        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(one.id()));
        assertThat(get(one.stop())).isFalse();
    }

    @Test
    void oneExecutionIsStoppedAsTheNextRqAsksForIt() {
        JobHandle<String> job = enqueue(HANG);
        JobHandle<String> other = enqueue(GATE);
        run(worker().name(NAME));
        Eventually.holds(() -> assertThat(script.started()).hasSize(2));
        String execution = redis.job(job.id()).get("execution_id");
        String command =
                "{\"command\": \"stop-execution\", \"job_id\": \"" + job.id() + "\", \"execution_id\": \"%s\"}";
        Eventually.holds(() -> assertThat(
                        redis.commands().publish(redis.key("pubsub:" + NAME), command.formatted("somebody's")))
                .isEqualTo(1));

        redis.commands().publish(redis.key("pubsub:" + NAME), command.formatted(execution));

        assertThatThrownBy(() -> await(job.result())).isInstanceOf(JobException.JobStopped.class);
        script.open(other.id());
        assertThat(get(other.result())).isEqualTo("through the gate");
    }

    /** As soon as somebody listens. */
    private static void tell(Mono<Boolean> command) {
        Eventually.holds(() -> assertThat(get(command)).isTrue());
    }

    private void awaitState(State state) {
        Eventually.holds(() -> assertThat(
                        jobs.workers().find(NAME).map(WorkerInfo::state).block(Duration.ofSeconds(5)))
                .isEqualTo(state));
    }
}
