package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A producer and a worker go on through a failover, without a restart. What had reached the replicas before is done, and
 * what was lost with the old master is counted.
 */
@Execution(ExecutionMode.SAME_THREAD)
class FailoverIT {

    private static final String QUEUE = "default";
    private static final String APPLICATION = "rq4j-application";
    private static final Duration RATE = Duration.ofMillis(2);
    private static final int SOME = 500;
    private static final String[] UNGUARDED = {};
    private static final String[] GUARDED = {"--min-replicas-to-write", "1", "--min-replicas-max-lag", "2"};

    private final ScriptedHandler script = new ScriptedHandler();
    private final Queue<JobId> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> refused = new ConcurrentLinkedQueue<>();

    @Test
    void theyLeaveTheOldMasterLongBeforeItIsToldThatItIsNone() {
        try (WatchedRedis servers = new WatchedRedis(UNGUARDED);
                RawRedis old = new RawRedis(servers.first().uri(), "rq")) {
            goThrough("SENTINEL FAILOVER", servers, () -> {
                servers.failOver();
                Eventually.holds(() -> assertThat(old.commands().clientList()).doesNotContain(APPLICATION));
                assertThat(old.commands().role().get(0)).isEqualTo("master");
            });
            assertThat(old.commands().clientList()).doesNotContain(APPLICATION);
        }
    }

    @Test
    void theyGoOnWhenTheMasterWasKilled() {
        try (WatchedRedis servers = new WatchedRedis(UNGUARDED)) {
            goThrough("kill -9", servers, servers.first()::kill);
        }
    }

    /** The figures of the README: what a master takes whose replicas do not follow any more is lost with it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @EnabledIfSystemProperty(named = "rq4j.test.failover", matches = "true")
    void theyGoOnWhenAMasterWasKilledThatWasAlone(boolean guarded) {
        try (WatchedRedis servers = new WatchedRedis(guarded ? GUARDED : UNGUARDED)) {
            goThrough("kill -9 of a master that was alone for ten seconds", servers, () -> {
                servers.replicas().forEach(EmbeddedRedis::freeze);
                Scene.await(Mono.delay(Duration.ofSeconds(10)));
                servers.first().kill();
                servers.replicas().forEach(EmbeddedRedis::thaw);
            });
        }
    }

    private void goThrough(String fault, WatchedRedis servers, Runnable failure) {
        JobClient jobs = JobClient.connect(servers.uri(APPLICATION));
        RunningWorker worker =
                new RunningWorker(Scene.worker(jobs).handle(ACT, script).build());
        JobHandle<String> held = Scene.get(jobs.queue(QUEUE).enqueue(ACT, GATE));
        CompletableFuture<String> end = held.result().toFuture();
        Disposable producer = produce(jobs);
        awaitMore();
        List<JobId> safe = replicated(servers.first());

        failure.run();
        EmbeddedRedis next = servers.next();
        awaitMore();
        producer.dispose();

        try (RawRedis redis = new RawRedis(next.uri(), "rq")) {
            List<JobId> left = new ArrayList<>(acknowledged);
            left.removeIf(id -> redis.job(id).isEmpty());
            System.out.printf(
                    "%s: of %d acknowledged jobs %d lost, %d requests failed%n",
                    fault, acknowledged.size(), acknowledged.size() - left.size(), refused.size());

            assertThat(left).containsAll(safe);
            assertThat(refused).hasOnlyElementsOfType(JobException.class);
            Eventually.holds(() ->
                    assertThat(left).allSatisfy(id -> assertThat(redis.job(id)).containsEntry("status", "finished")));
            script.open(held.id());
            assertThat(end).succeedsWithin(Eventually.DEADLINE);
            Eventually.holds(() -> assertThat(redis.commands().clientList())
                    .containsPattern("name=" + APPLICATION + " .* cmd=blmove"));
        }
        worker.close();
        RedisExtension.close(jobs);
    }

    private Disposable produce(JobClient jobs) {
        return Flux.interval(RATE)
                .onBackpressureDrop()
                .flatMap(tick -> jobs.queue(QUEUE)
                        .enqueue(ACT, "done")
                        .doOnNext(job -> acknowledged.add(job.id()))
                        .doOnError(refused::add)
                        .onErrorComplete())
                .subscribe();
    }

    private void awaitMore() {
        int before = acknowledged.size();
        Eventually.holds(() -> assertThat(acknowledged.size()).isGreaterThan(before + SOME));
    }

    /** Returns what was acknowledged so far, when both replicas have it. */
    private List<JobId> replicated(EmbeddedRedis master) {
        List<JobId> safe = List.copyOf(acknowledged);
        try (RawRedis redis = new RawRedis(master.uri(), "rq")) {
            redis.commands().set("rq:marker", "after them all");
            assertThat(redis.commands().waitForReplication(2, Eventually.DEADLINE.toMillis()))
                    .isEqualTo(2);
        }
        return safe;
    }
}
