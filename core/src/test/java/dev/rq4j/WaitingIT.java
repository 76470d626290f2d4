package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What waiting for results costs, and how it ends when the result is not what ends it. */
@ExtendWith(RedisExtension.class)
class WaitingIT {

    @Test
    void leavingStopsTheWaitingAndNotTheJob(JobClient jobs, RawRedis redis) {
        PretendWorker worker = new PretendWorker(jobs);
        JobHandle<String> job = worker.enqueue("q");

        StepVerifier.create(job.result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .thenCancel()
                .verify(Eventually.DEADLINE);

        Eventually.holds(() -> assertThat(redis.listeners(job.id())).isZero());
        assertThat(get(job.status())).isEqualTo(JobStatus.QUEUED);
        worker.finish(worker.claimOne("q"), "done");
        assertThat(get(job.result())).isEqualTo("done");
    }

    @Test
    void aTimeoutOfTheCallerStopsTheWaitingOnly(JobClient jobs, RawRedis redis) {
        JobHandle<String> job = new PretendWorker(jobs).enqueue("q");

        StepVerifier.create(job.result().timeout(Duration.ofMillis(50)))
                .expectError(TimeoutException.class)
                .verify(Eventually.DEADLINE);

        Eventually.holds(() -> assertThat(redis.listeners(job.id())).isZero());
        assertThat(get(job.status())).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void oneWhoLeavesDoesNotTakeTheOthersAlong(JobClient jobs, RawRedis redis) {
        PretendWorker worker = new PretendWorker(jobs);
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(job.result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .then(() -> job.result().subscribe().dispose())
                .then(() -> worker.finish(claim, "done"))
                .expectNext("done")
                .expectComplete()
                .verify(Eventually.DEADLINE);

        Eventually.holds(() -> assertThat(redis.listeners(job.id())).isZero());
    }

    @Test
    void closingTheClientEndsTheWaiting(JobClient jobs, RawRedis redis) {
        JobHandle<String> job = new PretendWorker(jobs).enqueue("q");
        JobClient other = RedisExtension.connect(redis.prefix());

        StepVerifier.create(other.job(job.id(), ECHO).result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .then(() -> RedisExtension.close(other))
                .expectError(JobException.Closed.class)
                .verify(Eventually.DEADLINE);
    }

    @Test
    void aClosedClientSaysSoWhateverItIsAsked(JobClient jobs, RawRedis redis) {
        for (boolean used : List.of(true, false)) {
            JobClient closed = RedisExtension.connect(redis.prefix());
            if (used) {
                closed.job(JobId.of("none"), ECHO).result().onErrorComplete().block(Eventually.DEADLINE);
            }
            RedisExtension.close(closed);
            RedisExtension.close(closed);

            for (Mono<?> call : List.of(
                    closed.ping(),
                    closed.queue("q").enqueue(ECHO, "late"),
                    closed.queue("q").size(),
                    closed.job(JobId.of("none"), ECHO).result())) {
                StepVerifier.create(call).expectError(JobException.Closed.class).verify(Eventually.DEADLINE);
            }
        }
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void oneBrokenJobDoesNotDisturbThoseWhoWaitForOthers(JobClient jobs, RawRedis redis) {
        PretendWorker worker = new PretendWorker(jobs);
        JobHandle<String> good = worker.enqueue("q");
        redis.commands().set(redis.key("job:text"), "not a hash");
        redis.commands().hset(redis.key("job:history"), "status", "finished");
        redis.commands().set(redis.key("results:history"), "not a stream");
        redis.commands().hset(redis.key("job:base64"), "status", "finished");
        redis.commands().xadd(redis.key("results:base64"), Map.of("type", "1", "return_value", "A"));

        Mono<List<Class<?>>> broken = Flux.just("text", "history", "base64")
                .flatMap(id -> jobs.job(JobId.of(id), ECHO)
                        .result()
                        .<Class<?>>map(String::getClass)
                        .onErrorResume(error -> Mono.just(error.getClass())))
                .collectList();
        StepVerifier.create(Mono.zip(good.result(), broken))
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(good.id())).isEqualTo(1)))
                .then(() -> worker.finish(worker.claimOne("q"), "done"))
                .assertNext(both -> {
                    assertThat(both.getT1()).isEqualTo("done");
                    assertThat(both.getT2())
                            .containsExactlyInAnyOrder(
                                    JobException.NoSuchJob.class,
                                    JobException.ServerError.class,
                                    JobException.Unreadable.class);
                })
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void aMessageThatMakesNoSenseEndsTheWaitingWithATypedError(JobClient jobs, RawRedis redis) {
        JobHandle<String> job = new PretendWorker(jobs).enqueue("q");

        StepVerifier.create(job.result())
                .then(() -> Eventually.holds(
                        () -> assertThat(redis.listeners(job.id())).isEqualTo(1)))
                .then(() -> redis.commands().publish(redis.key("outcome:" + job.id()), "?"))
                .then(() -> redis.commands().publish(redis.key("outcome:" + job.id()), "V" + job.id() + ":A"))
                .expectError(JobException.Unreadable.class)
                .verify(Eventually.DEADLINE);
    }

    @Test
    void tenThousandWhoWaitHoldOneConnectionMoreAndAllGetTheirAnswer() {
        int count = 10_000;
        try (EmbeddedRedis server = EmbeddedRedis.start();
                RawRedis redis = new RawRedis(server.uri(), "rq")) {
            JobClient jobs = JobClient.connect(server.uri());
            List<? extends JobHandle<?>> all = jobs.queue("q")
                    .enqueueAll(Flux.range(0, count).map(i -> ECHO.request("hello")))
                    .collectList()
                    .block(Eventually.DEADLINE);
            int before = connections(redis);
            Mono<List<Object>> answers = Flux.fromIterable(all)
                    .flatMap(job -> job.result(), count)
                    .<Object>map(value -> value)
                    .collectList()
                    .cache();
            answers.subscribe();
            Eventually.holds(() -> assertThat(redis.commands().pubsubChannels()).hasSize(count));
            assertThat(connections(redis)).isEqualTo(before + 1);

            PretendWorker worker = new PretendWorker(jobs);
            Flux.fromIterable(worker.claim(count, "q"))
                    .flatMap(
                            claim -> Mono.fromCallable(() -> worker.finish(
                                            claim, claim.execution().job().value()))
                                    .subscribeOn(Schedulers.boundedElastic()),
                            16)
                    .blockLast(Eventually.DEADLINE);

            assertThat(answers.block(Eventually.DEADLINE))
                    .containsExactlyInAnyOrderElementsOf(
                            all.stream().map(job -> job.id().value()).toList());
            assertThat(connections(redis)).isEqualTo(before + 1);
            Eventually.holds(() -> assertThat(redis.commands().pubsubChannels()).isEmpty());
            RedisExtension.close(jobs);
        }
    }

    @Test
    void waitingGoesOnWhenTheConnectionBreaksAndLeavesNoChannelBehind() {
        try (EmbeddedRedis server = EmbeddedRedis.start();
                RawRedis redis = new RawRedis(server.uri(), "rq");
                TcpProxy proxy = new TcpProxy(server.uri())) {
            JobClient far = JobClient.connect(proxy.uri());
            JobClient near = JobClient.connect(server.uri());
            PretendWorker worker = new PretendWorker(near);
            JobHandle<String> job = worker.enqueue("q");
            JobHandle<String> left = worker.enqueue("other");
            ClaimedJob claim = worker.claimOne("q");
            var leaving = far.job(left.id(), ECHO).result().subscribe();

            StepVerifier.create(far.job(job.id(), ECHO).result())
                    .then(() -> Eventually.holds(
                            () -> assertThat(redis.commands().pubsubChannels()).hasSize(2)))
                    .then(proxy::refuse)
                    .then(proxy::cut)
                    .then(() -> worker.finish(claim, "done"))
                    .then(leaving::dispose)
                    .then(proxy::admit)
                    .expectNext("done")
                    .expectComplete()
                    .verify(Eventually.DEADLINE);

            Eventually.holds(() -> assertThat(redis.commands().pubsubChannels()).isEmpty());
            RedisExtension.close(far);
            RedisExtension.close(near);
        }
    }

    private static int connections(RawRedis redis) {
        return (int) redis.commands().clientList().lines().count();
    }
}
