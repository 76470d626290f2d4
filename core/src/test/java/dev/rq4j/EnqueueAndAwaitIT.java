package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.OutcomeBus;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@ExtendWith(RedisExtension.class)
class EnqueueAndAwaitIT {

    private RawRedis redis;
    private PretendWorker worker;
    private JobQueue queue;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.queue = jobs.queue("q");
    }

    @Test
    void missesNoResultThoughNothingIsKeptAndTheWorkerIsQuick() {
        AtomicBoolean enough = new AtomicBoolean();
        Mono.fromRunnable(() -> worker.claim(50, "q")
                        .forEach(claim ->
                                worker.finish(claim, claim.execution().job().value())))
                .subscribeOn(Schedulers.boundedElastic())
                .repeat(() -> !enough.get())
                .subscribe();

        List<String> results = Flux.range(0, 300)
                .flatMap(
                        i -> queue.enqueueAndAwait(
                                ECHO, "", job -> job.id("job-" + i).resultTtl(Duration.ZERO)),
                        32)
                .collectList()
                .block(Eventually.DEADLINE);
        enough.set(true);

        assertThat(results).hasSize(300).doesNotHaveDuplicates();
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("job:"));
    }

    @Test
    void signalsWhyItCouldNotEnqueueAndStopsListening() {
        get(queue.enqueue(ECHO, "", job -> job.id("mine")));

        StepVerifier.create(queue.enqueueAndAwait(ECHO, "", job -> job.id("mine")))
                .expectError(JobException.DuplicateJob.class)
                .verify(Eventually.DEADLINE);
        StepVerifier.create(queue.enqueueAndAwait(ECHO, "x".repeat(2 << 20), job -> job.id("large")))
                .expectError(JobException.TooLarge.class)
                .verify(Eventually.DEADLINE);

        Eventually.holds(() -> {
            assertThat(redis.listeners(JobId.of("mine"))).isZero();
            assertThat(redis.listeners(JobId.of("large"))).isZero();
        });
        assertThat(redis.queue("q")).containsExactly("mine");
    }

    @Test
    void awaitsTheJobThatExistsWhenAskedTo() {
        get(queue.enqueue(ECHO, "", job -> job.id("mine")));
        worker.finish(worker.claimOne("q"), "done before");

        StepVerifier.create(
                        queue.enqueueAndAwait(ECHO, "", job -> job.id("mine").ifExists(IfExists.RETURN_EXISTING)))
                .expectNext("done before")
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void whatIsBegunSeesTheContextOfWhoWaits(JobClient jobs) {
        AtomicReference<String> seen = new AtomicReference<>();
        Mono<String> beginning = Mono.deferContextual(context -> Mono.just(context.<String>get("trace")))
                .doOnNext(seen::set);

        get(jobs.engine()
                .outcomes()
                .await(JobId.of("nobody"), beginning)
                .contextWrite(context -> context.put("trace", "mine")));

        assertThat(seen).hasValue("mine");
    }

    @Test
    void leavingStopsTheWaitingAndNotTheJob() {
        StepVerifier.create(queue.enqueueAndAwait(ECHO, "", job -> job.id("mine")))
                .then(() -> Eventually.holds(() -> assertThat(redis.queue("q")).containsExactly("mine")))
                .thenCancel()
                .verify(Eventually.DEADLINE);

        Eventually.holds(() -> assertThat(redis.listeners(JobId.of("mine"))).isZero());
        assertThat(redis.queue("q")).containsExactly("mine");
    }

    @Test
    void oneWhoWaitsForAnIdThatIsYetToComeDoesNotSpoilIt(JobClient jobs) {
        Mono<String> early = jobs.job(JobId.of("mine"), ECHO).result().onErrorReturn("nobody there");

        StepVerifier.create(Mono.zip(early, queue.enqueueAndAwait(ECHO, "", job -> job.id("mine"))))
                .then(() -> Eventually.holds(() -> assertThat(redis.queue("q")).containsExactly("mine")))
                .then(() -> worker.finish(worker.claimOne("q"), "done"))
                .assertNext(both -> assertThat(both.getT2()).isEqualTo("done"))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void whoAwaitsAJobThatSomebodyElseCouldNotBeginIsToldThatThereIsNone(JobClient jobs) {
        String tooLarge = "x".repeat(2_000_000);
        JobQueue queue = jobs.queue("q");

        get(queue.enqueueAndAwait(ECHO, tooLarge, job -> job.id("mine"))
                .thenReturn("never")
                .onErrorReturn("refused")
                .zipWith(jobs.job(JobId.of("mine"), ECHO).result().onErrorReturn(JobException.NoSuchJob.class, "none"))
                .timeout(Duration.ofSeconds(20))
                .doOnNext(both -> {
                    assertThat(both.getT1()).isEqualTo("refused");
                    assertThat(both.getT2()).isEqualTo("none");
                }));
    }

    @Test
    void whateverAClientAwaitsFromItsBeginningIsToldOnOneChannel() {
        AtomicReference<List<String>> ids = new AtomicReference<>();

        StepVerifier.create(Flux.range(0, 3)
                        .flatMap(i -> queue.enqueueAndAwait(ECHO, ""))
                        .sort())
                .then(() -> Eventually.holds(() -> assertThat(redis.queue("q")).hasSize(3)))
                .then(() -> ids.set(redis.queue("q")))
                .then(() -> assertThat(outcomeChannels()).hasSize(1))
                .then(() -> worker.claim(3, "q")
                        .forEach(claim ->
                                worker.finish(claim, claim.execution().job().value())))
                .recordWith(ArrayList::new)
                .expectNextCount(3)
                .consumeRecordedWith(results -> assertThat(results)
                        .containsExactlyElementsOf(ids.get().stream().sorted().toList()))
                .expectComplete()
                .verify(Eventually.DEADLINE);
        assertThat(ids.get()).allSatisfy(id -> {
            assertThat(UUID.fromString(id).version()).isEqualTo(8);
            assertThat(outcomeChannels()).containsExactly(redis.key("outcome:" + id.substring(0, 8)));
        });
    }

    @Test
    void readsALargeResultAtOnceThoughItIsThereBeforeTheAnswerToTheRequest(JobClient jobs) {
        OutcomeBus outcomes = jobs.engine().outcomes();
        AtomicLong begun = new AtomicLong();
        long waited = 0;
        // several times, so that the slow check cannot be what finds each of them
        for (int i = 0; i < 5; i++) {
            JobId id = outcomes.newId();
            Mono<JobId> beginning = jobs.engine()
                    .jobs()
                    .enqueue("q", ECHO.request(""), id)
                    .publishOn(Schedulers.boundedElastic())
                    .doOnNext(mine -> worker.finish(worker.claimOne("q"), noise(20_000)))
                    .delayElement(Duration.ofMillis(5))
                    .doOnNext(mine -> begun.set(System.nanoTime()));

            assertThat(get(outcomes.await(id, beginning)).status()).isEqualTo(JobStatus.FINISHED);
            waited += System.nanoTime() - begun.get();
        }

        assertThat(Duration.ofNanos(waited)).isLessThan(Duration.ofSeconds(1));
    }

    /** Text that does not become small. */
    private static String noise(int length) {
        return new Random(length)
                .ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void missesNothingAfterItsConnectionsWereCut(JobClient elsewhere) {
        PretendWorker worker = new PretendWorker(elsewhere);
        try (TcpProxy proxy = new TcpProxy(RedisExtension.uri())) {
            JobClient jobs = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
            for (int i = 0; i < 3; i++) {
                StepVerifier.create(jobs.queue("q").enqueueAndAwait(ECHO, "", job -> job.resultTtl(Duration.ZERO)))
                        .then(() -> Eventually.holds(
                                () -> assertThat(redis.queue("q")).hasSize(1)))
                        .then(() -> worker.finish(worker.claimOne("q"), "done"))
                        .expectNext("done")
                        .expectComplete()
                        .verify(Eventually.DEADLINE);
                proxy.cut();
            }
            RedisExtension.close(jobs);
        }
    }

    private List<String> outcomeChannels() {
        return redis.commands().pubsubChannels(redis.key("outcome:*"));
    }
}
