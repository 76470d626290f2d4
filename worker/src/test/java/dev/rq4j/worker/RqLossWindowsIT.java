package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The windows in which RQ loses jobs, or leaves them where nobody looks: the rows L1 to L7 of {@link RqWindowsTest}. */
class RqLossWindowsIT extends WindowScene {

    private static final String TWO_QUEUES = "other," + QUEUE;
    /** The description of a job stands in the answer to its claim, and not in the word that there is one. */
    private static final String UNHEARD = "unheard";

    private static final Duration LONG = Duration.ofSeconds(10);

    @Test
    @DisplayName("L1: a worker of several queues is killed between taking a job and running it")
    void l1_aWorkerKilledAfterThePopLosesNoJob() {
        try (WorkerProcess process = process(LEASE, TWO_QUEUES)) {
            JobHandle<String> job = takenUnheard(process);
            assertThat(held(QUEUE)).containsExactly(job.id());

            process.kill();
            assertThat(process.starts()).doesNotContain(job.id() + " 1");
            proxy.admit();
            run(worker().queues("other", QUEUE));

            assertThat(get(job.result())).isEqualTo("1");
            assertThat(starts(job.id())).isEqualTo(1);
        }
        // and one that lives on when its connection drops there takes up what it was given at once
        try (WorkerProcess process = process(HOUR, "lively")) {
            ready(process, "lively");
            proxy.swallowAnswers(1, UNHEARD);
            JobHandle<String> job =
                    get(jobs.queue("lively").enqueue(ACT, "1", options -> options.description(UNHEARD)));
            assertThat(get(job.result())).isEqualTo("by the process");
            assertThat(proxy.swallowed()).isEqualTo(2);
            assertThat(process.starts()).containsOnlyOnce(job.id() + " 1");
            assertThat(redis.job(job.id())).doesNotContainKey("recoveries");
        }
        census();
    }

    @Test
    @DisplayName("L2: a worker is asked politely to end between taking a job and running it")
    void l2_aSigtermAfterThePopLosesNoJobAndStartsNoneTwice() {
        try (WorkerProcess process = process(LEASE, TWO_QUEUES)) {
            JobHandle<String> job = takenUnheard(process);
            assertThat(held(QUEUE)).containsExactly(job.id());

            process.terminate();
            proxy.admit();

            assertThat(process.awaitExit()).isEqualTo(143);
            run(worker().queues("other", QUEUE));
            get(job.result());
            long before = process.starts().stream()
                    .filter(start -> start.startsWith(job.id().value()))
                    .count();
            assertThat(before + starts(job.id())).isEqualTo(1);
        }
        census();
    }

    @Test
    @DisplayName("L3: the same with one queue, where RQ fails the job from its intermediate list")
    void l3_noJobWaitsInAnIntermediateListToBeFailed() {
        try (WorkerProcess process = process(LEASE, QUEUE)) {
            JobHandle<String> job = takenUnheard(process);
            assertThat(redis.keys()).noneMatch(key -> key.contains("intermediate"));
            assertThat(held(QUEUE)).containsExactly(job.id());

            process.kill();
            proxy.admit();
            run(worker());

            assertThat(get(job.result())).isEqualTo("1");
            assertThat(starts(job.id())).isEqualTo(1);
            assertThat(redis.history(job.id())).hasSize(1);
        }
        assertThat(redis.keys()).noneMatch(key -> key.contains("intermediate"));
        census();
    }

    @Test
    @DisplayName("L4: a scheduler looks between the two steps of enqueue_at")
    void l4_aJobThatIsDueWhileItIsScheduledIsNotForgotten() {
        run(worker());
        run(worker());
        Disposable promoters = Flux.range(0, 4)
                .flatMap(i -> jobs.engine().times().promote(QUEUE).repeat())
                .subscribe();
        List<JobId> ids = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, 300).map(i -> ACT.request("x", job -> job.delay(Duration.ofMillis(i % 3)))))
                .<JobId>map(JobHandle::id)
                .collectList());
        // as RQ itself does it: the entry, a look, and then the job
        JobHandle<String> late = get(jobs.queue("elsewhere").enqueue(ACT, "late", job -> job.delay(HOUR)));
        Map<String, String> hash = redis.job(late.id());
        redis.commands().del(redis.key("job:" + late.id()), redis.key("scheduled:elsewhere"));
        redis.commands().zadd(redis.key("scheduled:" + QUEUE), 1, late.id().value());
        Eventually.holds(
                () -> assertThat(redis.score("scheduled:" + QUEUE, late.id().value()))
                        .as("looked at, and kept")
                        .isGreaterThan(1));
        hash.put("origin", QUEUE);
        hash.remove("not_before");
        redis.commands().hset(redis.key("job:" + late.id()), hash);

        awaitAll(ids.stream().map(id -> jobs.job(id, String.class)).toList());
        assertThat(get(late.result())).isEqualTo("late");
        promoters.dispose();

        assertThat(script.started()).hasSize(301).doesNotHaveDuplicates().containsAll(ids);
        census();
    }

    @Test
    @DisplayName("L5: a job that is queued again keeps the time to live of its failure")
    void l5_aJobThatIsQueuedAgainOutlivesTheRetentionOfItsFailure() {
        JobHandle<String> job = enqueue("fail", options -> options.failureTtl(Duration.ofSeconds(30)));
        drain(worker());
        assertThat(status(job.id())).isEqualTo("failed");

        await(job.requeue());
        pass(HOUR);

        census();
        assertThat(drain(worker(jobs).handle(ACT, input -> Mono.just("this time"))))
                .isEqualTo(1);
        assertThat(get(job.result())).isEqualTo("this time");
        census();
    }

    @Test
    @DisplayName("L6: the client dies in the middle of requeue, or of enqueue_many with dependencies")
    void l6_aClientThatDiesWhileItMovesJobsLeavesThemInOnePlace() {
        JobHandle<String> job = enqueue("fail");
        JobHandle<String> parent = enqueue("parent");
        drain(worker());
        // the server knows the script, so that the next request is the one that counts
        await(job.requeue());
        drain(worker());

        // it dies before the server has heard of it
        dying(true, client -> client.job(job.id(), String.class).requeue());
        assertThat(status(job.id())).isEqualTo("failed");
        dying(true, client -> enqueueChildren(client, parent));
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("deferred"));
        census();
        // and after the server has done it
        JobHandle<String> waiting = enqueue("parent too", options -> options.delay(HOUR));
        dying(false, client -> client.job(job.id(), String.class).requeue());
        assertThat(redis.queue(QUEUE)).containsExactly(job.id().value());
        dying(false, client -> enqueueChildren(client, waiting));
        assertThat(redis.commands().zcard(redis.key("deferred:" + QUEUE))).isEqualTo(20);
        census();

        pass(HOUR.plus(HOUR));
        int before = script.started().size();
        run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(before + 22));
        census();
    }

    @Test
    @DisplayName("L7: a parent fails, is canceled, stopped or emptied from its queue")
    void l7_dependentsOfAParentThatDidNotFinishDoNotWaitForEver() {
        run(worker());
        List<JobHandle<String>> run = new ArrayList<>();
        List<JobHandle<String>> canceled = new ArrayList<>();
        List<JobHandle<String>> wait = new ArrayList<>();
        for (String end : List.of("fail", "cancel", "stop", "empty")) {
            JobQueue queue = jobs.queue(end.equals("stop") ? "of-the-stopped" : "of-the-parents");
            JobHandle<String> parent = get(queue.enqueue(
                    ACT, end.equals("stop") ? HANG : "fail", job -> job.failureTtl(Duration.ofMinutes(10))));
            run.add(enqueue(
                    "child", job -> job.dependsOn(Dependency.on(parent.id()).allowFailure())));
            canceled.add(enqueue(
                    "child", job -> job.dependsOn(Dependency.on(parent.id()).cancelOnFailure())));
            wait.add(enqueue("child", job -> job.dependsOn(parent.id())));
            end(parent, end);
        }

        assertThat(run).allSatisfy(child -> assertThat(get(child.result())).isEqualTo("child"));
        assertThat(canceled).allSatisfy(child -> assertThat(status(child.id())).isEqualTo("canceled"));
        census();
        // those that were not told what to do wait as long as their parent can be queued again, and no longer
        pass(Duration.ofDays(400));
        Eventually.holds(() -> assertThat(redis.keys()).noneMatch(key -> key.startsWith("deferred")));
        census();
    }

    private void end(JobHandle<String> parent, String end) {
        switch (end) {
            case "fail" -> drain(worker().queues("of-the-parents"));
            case "cancel" -> assertThat(get(parent.cancel())).isTrue();
            case "empty" ->
                assertThat(get(jobs.queue("of-the-parents").empty())).isEqualTo(1);
            default -> {
                RunningWorker worker = run(worker().queues("of-the-stopped"));
                Eventually.holds(() -> assertThat(starts(parent.id())).isEqualTo(1));
                assertThat(get(parent.stop())).isTrue();
                Eventually.holds(() -> assertThat(status(parent.id())).isEqualTo("stopped"));
                worker.close();
            }
        }
    }

    /** Has the client die while it asks for this. */
    private void dying(boolean unheard, Function<JobClient, Mono<Void>> request) {
        JobClient client = connect();
        await(client.ping());
        if (unheard) {
            proxy.holdRequest();
        } else {
            proxy.swallowAnswers(1);
        }
        int lost = proxy.swallowed();
        int connections = proxy.connections();
        proxy.refuse();
        Disposable caller = request.apply(client).onErrorComplete().subscribe();
        Eventually.holds(() -> assertThat(proxy.swallowed() > lost || proxy.connections() < connections)
                .isTrue());
        caller.dispose();
        // Who is dead sends nothing again.
        RedisExtension.close(client);
        proxy.admit();
    }

    /** In one request, however slow this machine is. */
    private static Mono<Void> enqueueChildren(JobClient client, JobHandle<?> parent) {
        JobRequest<String> child =
                ACT.request("child", job -> job.dependsOn(parent.id()).retry(RetryPolicy.times(1)));
        return client.engine()
                .jobs()
                .enqueue(QUEUE, Collections.nCopies(20, child))
                .then();
    }

    /** Enqueues a job that the worker takes, without ever hearing that it did. */
    private JobHandle<String> takenUnheard(WorkerProcess process) {
        ready(process, QUEUE);
        proxy.refuse();
        proxy.swallowAnswers(1, UNHEARD);
        JobHandle<String> job = enqueue("1", options -> options.description(UNHEARD));
        Eventually.holds(() -> assertThat(proxy.swallowed()).isEqualTo(1));
        return job;
    }

    private void ready(WorkerProcess process, String queue) {
        JobHandle<String> first = get(jobs.queue(queue).enqueue(ACT, "1"));
        assertThat(first.result().block(LONG.multipliedBy(3))).isEqualTo("by the process");
        assertThat(process.starts()).contains(first.id() + " 1");
    }

    private WorkerProcess process(Duration lease, String queues) {
        return WorkerProcess.start(proxy.uri(), redis.prefix(), lease, LONG, queues);
    }
}
