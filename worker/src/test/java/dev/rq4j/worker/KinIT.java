package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.JobGroup;
import dev.rq4j.JobHandle;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.GroupProgress;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.worker.maintenance.Janitor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs that have to do with each other, run by a worker. */
class KinIT extends Scene {

    private static final Task<String, Integer> LENGTH = Task.of("tests.length", String.class, Integer.class);
    private static final Task<Number, String> SHOW = Task.of("tests.show", Number.class, String.class);

    @Test
    void aChainPassesResultsOn() {
        run(chainWorker());

        Mono<String> result = jobs.queue(QUEUE)
                .chain(LENGTH.request("four"))
                .then(SHOW)
                .then(ACT)
                .enqueue()
                .flatMap(JobHandle::result);

        assertThat(get(result)).isEqualTo("<4>");
        Census.holds(redis);
    }

    @Test
    void aChainEndsWhereOneFails() {
        run(worker().handle(LENGTH, text -> Mono.just(text.length()))
                .handle(SHOW, number -> Mono.error(new IllegalStateException("broken on purpose"))));

        JobHandle<String> last = get(jobs.queue(QUEUE)
                .chain(LENGTH.request("four"))
                .then(SHOW)
                .then(ACT)
                .enqueue());

        assertThatExceptionOfType(JobException.JobCanceled.class).isThrownBy(() -> await(last.result()));
    }

    @Test
    void thousandsThatWaitForOneJobAllRun() {
        JobHandle<String> parent = enqueue(ScriptedHandler.GATE);
        JobGroup children = get(jobs.group("children")
                .enqueue(
                        QUEUE,
                        Flux.range(0, 2000)
                                .map(i -> ACT.request(
                                        "child",
                                        job -> job.dependsOn(parent.id()).resultTtl(Duration.ofMinutes(5))))
                                .collectList()
                                .block()));
        run(worker().concurrency(200));
        script.open(parent.id());

        assertThat(get(children.await())).isEqualTo(new GroupProgress(0, 0, 2000, 0, 0, 0, 0));
        assertThat(script.started()).hasSize(2001).doesNotHaveDuplicates();
        Census.holds(redis);
    }

    @Test
    void aJobRunsWhenAGroupIsDone() {
        JobGroup group = jobs.group("g");
        get(group.enqueue(QUEUE, List.of(ACT.request("one"), ACT.request("fail"), ACT.request("three"))));
        JobHandle<String> after = get(group.whenComplete(QUEUE, ACT.request("after all")));

        run(worker().concurrency(1));

        assertThat(get(after.result())).isEqualTo("after all");
        assertThat(script.started()).hasSize(4).endsWith(after.id());
        assertThat(group.results(String.class).collectList().block()).containsExactlyInAnyOrder("one", "three");
    }

    @Test
    void whatWaitsForAnExpiredJobIsToldInTime() {
        JobHandle<String> parent =
                get(jobs.queue("nobody").enqueue(ACT, "late", job -> job.ttl(Duration.ofSeconds(1))));
        JobHandle<String> child =
                enqueue("child", job -> job.dependsOn(Dependency.on(parent.id()).allowFailure()));

        run(worker());

        assertThat(get(child.result())).isEqualTo("child");
        assertThat(redis.keysOf(parent.id())).isEmpty();
    }

    @Test
    void oneWorkerForAllLooksAfterWhatNobodyTells() {
        JobHandle<String> parent = enqueue("x");
        JobHandle<String> child = enqueue(
                "child",
                job -> job.dependsOn(Dependency.on(parent.id()).allowFailure()).group("g"));
        redis.commands().lpop(redis.key("queue:" + QUEUE));
        redis.commands().hset(redis.key("job:" + parent.id()), "status", "stopped");
        redis.commands().sadd(redis.key("group:g"), "gone");
        Janitor janitor = new Janitor(jobs.engine(), List.of(QUEUE));

        await(janitor.tidy());

        assertThat(get(child.status())).isEqualTo(JobStatus.QUEUED);
        assertThat(jobs.group("g").ids().collectList().block()).containsExactly(child.id());
        redis.commands().sadd(redis.key("group:g"), "gone");
        await(janitor.tidy());
        assertThat(get(jobs.group("g").size())).as("not again for a while").isEqualTo(2);
        assertThat(redis.keys())
                .filteredOn(key -> key.startsWith("turn:"))
                .isNotEmpty()
                .allMatch(key -> redis.ttl(key) > 0);
    }

    @Test
    void aFailedParentThatIsQueuedAgainBringsItsDependentsBack() {
        JobHandle<String> parent = enqueue("fail");
        JobHandle<String> child = enqueue("child", job -> job.dependsOn(parent.id()));
        drain(worker());
        assertThat(get(child.status())).isEqualTo(JobStatus.DEFERRED);
        run(worker(jobs).handle(ACT, act -> Mono.just("this time")));

        await(parent.requeue());

        assertThat(get(child.result())).isEqualTo("this time");
        Eventually.holds(() -> Census.holds(redis));
    }

    private WorkerBuilder chainWorker() {
        return worker().handle(LENGTH, text -> Mono.just(text.length()))
                .handle(SHOW, number -> Mono.just("<" + number + ">"));
    }
}
