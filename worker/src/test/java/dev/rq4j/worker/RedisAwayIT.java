package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

/** Redis that is not there yet, goes away for a while, or does not answer. */
class RedisAwayIT extends Scene {

    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final EmbeddedRedis server = EmbeddedRedis.start("--appendonly", "yes", "--appendfsync", "always");

    /** Everything happens on a Redis of this test's own, which keeps its data. */
    @Override
    @BeforeEach
    void meet(JobClient shared, RawRedis sharedRedis) {
        super.meet(JobClient.connect(server.uri()), new RawRedis(server.uri(), "rq"));
    }

    @AfterEach
    void leave() {
        stopWorkers();
        RedisExtension.close(jobs);
        redis.close();
        server.close();
    }

    @Test
    void aWorkerThatStartsWithoutRedisWaitsForIt() {
        server.kill();
        RunningWorker worker = run(worker());
        server.restart();

        assertThat(get(enqueue("at last").result())).isEqualTo("at last");
        assertThat(worker.worker().options().concurrency()).isEqualTo(64);
    }

    @Test
    void aWorkerThatWaitsForRedisCanBeStopped() {
        server.kill();
        RunningWorker worker = run(worker());

        long start = System.nanoTime();
        worker.stop(Duration.ofSeconds(20));
        worker.awaitEnd();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        server.restart();
        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void whatIsHandedOutAfterItsLeaseIsOverGoesBackUnrun() {
        JobId id = enqueue("x").id();
        List<JobEvent.Type> seen = new CopyOnWriteArrayList<>();
        Disposable listening = jobs.queue(QUEUE)
                .events()
                .ofType(JobEvent.Happened.class)
                .map(JobEvent.Happened::type)
                .subscribe(seen::add);
        Eventually.holds(() -> assertThat(redis.keys()).contains("watched"));

        StepVerifier.create(
                        worker(jobs).lease(LEASE).grace(Duration.ZERO).build().claims(ACT), 0)
                .then(() -> Eventually.holds(() -> assertThat(redis.keys()).anyMatch(key -> key.startsWith("worker:"))))
                .then(server::freeze)
                .thenRequest(1)
                .then(() -> LockSupport.parkNanos(LEASE.plusMillis(300).toNanos()))
                .then(server::thaw)
                .assertNext(claim -> assertThat(claim.job().id()).isEqualTo(id))
                .then(() -> Eventually.holds(() -> assertThat(seen).contains(JobEvent.Type.RELEASED)))
                .thenCancel()
                .verify(DEADLINE);
        listening.dispose();
    }

    @Test
    void whatEndsWhileRedisIsAwayIsSettledWhenItIsBack() {
        List<JobId> ids = enqueue(30, GATE);
        run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(30));

        server.kill();
        ids.subList(0, 20).forEach(script::open);
        server.restart();
        ids.forEach(script::open);

        assertAllFinishedOnce(ids);
        assertThat(script.started()).hasSize(30);
        assertThat(script.cancelled()).isEmpty();
    }

    @Test
    void nothingIsLostWhenRedisIsAwayForLongerThanTheLease() {
        List<JobId> ids = enqueue(30, GATE);
        run(worker().lease(LEASE));
        Eventually.holds(() -> assertThat(script.started()).hasSize(30));

        server.kill();
        ids.subList(0, 20).forEach(script::open);
        LockSupport.parkNanos(LEASE.plusMillis(500).toNanos());
        server.restart();
        ids.forEach(script::open);

        assertAllFinishedOnce(ids);
        assertThat(new HashSet<>(script.started())).hasSize(30);
    }

    @Test
    void anIdleWorkerGoesOnAfterRedisWasRestarted() {
        run(worker());
        assertThat(get(enqueue("before").result())).isEqualTo("before");

        server.restart();

        assertThat(get(enqueue("after").result())).isEqualTo("after");
        server.restart();
        assertThat(get(enqueue("again").result())).isEqualTo("again");
    }

    @Test
    void aServerThatDoesNotAnswerForAWhileCostsNothing() {
        List<JobId> ids = enqueue(10, GATE);
        run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(10));

        server.freeze();
        ids.forEach(script::open);
        LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
        server.thaw();

        assertAllFinishedOnce(ids);
        assertThat(script.started()).hasSize(10);
        assertThat(get(enqueue("next").result())).isEqualTo("next");
    }

    @Test
    void stoppingWithoutRedisTakesNoLongerThanSomeSeconds() {
        enqueue(5, HANG);
        RunningWorker worker = run(worker());
        Eventually.holds(() -> assertThat(script.started()).hasSize(5));
        server.freeze();

        long start = System.nanoTime();
        worker.stop(Duration.ofMillis(100));
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        System.out.printf("stopping a worker while Redis is frozen: %d ms%n", took.toMillis());
        Eventually.holds(() -> assertThat(script.cancelled()).hasSize(5));
        assertThat(took).isLessThan(Duration.ofSeconds(15));
        server.thaw();
    }

    @Test
    void answersThatAreLostAreAskedForAgainAndNothingHappensTwice() {
        try (TcpProxy proxy = new TcpProxy(server.uri())) {
            JobClient client = JobClient.connect(proxy.uri());
            List<JobId> ids = enqueue(400, "x");
            RunningWorker worker = run(worker(client).handle(ACT, script).concurrency(8));
            for (int fault = 0; fault < 25; fault++) {
                int expected = fault + 1;
                proxy.swallowAnswers(1);
                get(enqueue("fault").result());
                Eventually.holds(() -> assertThat(proxy.swallowed()).isGreaterThanOrEqualTo(expected));
            }

            assertAllFinishedOnce(ids);
            assertThat(script.started()).hasSize(425).doesNotHaveDuplicates();
            worker.stop(Duration.ZERO);
            RedisExtension.close(client);
        }
    }

    @Test
    void aRequestWhoseAnswerIsLostIsRepeatedWhenItsStreamIsOver() {
        drain(worker()); // the server knows the scripts
        List<JobId> ids = enqueue(3, "x");
        try (TcpProxy proxy = new TcpProxy(server.uri())) {
            JobClient client = JobClient.connect(proxy.uri());
            Worker worker = worker(client).name("hasty").grace(Duration.ZERO).build();
            BaseSubscriber<Claim<String, String>> stream = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    // asks for nothing yet
                }
            };
            worker.claims(ACT).subscribe(stream);
            Eventually.holds(() -> assertThat(
                            redis.commands().pubsubNumsub("rq:pubsub:hasty").get("rq:pubsub:hasty"))
                    .isEqualTo(1));

            proxy.refuse();
            proxy.swallowAnswers(1, ids.get(0).value());
            stream.request(3);
            Eventually.holds(() -> assertThat(proxy.swallowed()).isEqualTo(1));
            assertThat(held(QUEUE)).hasSize(3);
            stream.cancel();
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            assertThat(held(QUEUE)).hasSize(3);
            proxy.admit();

            Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
            assertThat(redis.queue(QUEUE))
                    .containsExactlyElementsOf(ids.stream().map(JobId::value).toList());
            assertThat(ids).allSatisfy(id -> assertThat(redis.job(id)).doesNotContainKey("recoveries"));
            await(worker.stop(Duration.ZERO));
            RedisExtension.close(client);
        }
    }

    private void assertAllFinishedOnce(List<JobId> ids) {
        Eventually.holds(
                () -> assertThat(ids).allSatisfy(id -> assertThat(status(id)).isEqualTo("finished")));
        assertThat(ids).allSatisfy(id -> assertThat(redis.history(id)).hasSize(1));
        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
    }
}
