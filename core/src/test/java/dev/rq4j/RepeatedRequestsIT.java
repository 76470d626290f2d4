package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Every verb whose answer is lost is sent again, and answers as it would have the first time. */
@ExtendWith(RedisExtension.class)
class RepeatedRequestsIT {

    private RawRedis redis;
    private PretendWorker worker;
    private TcpProxy proxy;
    private JobClient lossy;
    private JobQueue queue;

    @BeforeEach
    void connect(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.proxy = new TcpProxy(RedisExtension.uri());
        this.lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        this.queue = lossy.queue("q");
        // the server knows the scripts, so that the next answer is the one that counts
        get(queue.enqueue(ECHO, "warm")
                .flatMap(job -> job.retain(Duration.ofHours(1)).thenReturn(job))
                .flatMap(JobHandle::cancel));
        get(queue.enqueue(ECHO, "warm").flatMap(job -> queue.remove(job.id())));
        get(queue.enqueue(ECHO, "warm").flatMap(JobHandle::delete));
        worker.enqueue("warm");
        worker.release(worker.claim(1, "warm"), true);
    }

    @AfterEach
    void disconnect() {
        RedisExtension.close(lossy);
        proxy.close();
    }

    @Test
    void whoCanceledIsToldSo() {
        JobHandle<String> job = mine(worker.enqueue("q"));

        assertThat(lost(job.cancel())).isTrue();

        assertThat(redis.job(job.id())).containsEntry("status", "canceled");
    }

    @Test
    void whoCanceledWhatIsKeptForNoTimeIsToldSo() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello", options -> options.failureTtl(Retention.none())));

        assertThat(lost(job.cancel())).isTrue();

        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void whoDeletedIsToldSo() {
        assertThat(lost(mine(worker.enqueue("q")).delete())).isTrue();
    }

    @Test
    void whoRemovedIsToldSo() {
        assertThat(lost(queue.remove(worker.enqueue("q").id()))).isTrue();
    }

    @Test
    void whoKeepsNothingAnyMoreIsToldSo() {
        JobHandle<String> job = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "done");

        assertThat(lost(mine(job).retain(Duration.ZERO))).isTrue();

        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void whoGaveBackIsToldSo() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        List<Settled> settled = lost(lossy.engine().leases().release(List.of(claim.execution()), true));

        assertThat(settled).containsExactly(Settled.REPEATED);
        assertThat(redis.queue("q")).containsExactly(job.id().value());
    }

    @Test
    void whoFiredWhatIsTakenIsToldSoAndItIsCountedOnce() {
        JobRequest<String> request = ECHO.request("hello", job -> job.unique(Unique.untilEnded("one")));
        get(lossy.cron().put(CronEntry.of("e", Schedule.every(Duration.ofDays(1)), "q", request)));
        JobHandle<?> first = get(lossy.cron().fire("e"));

        proxy.swallowAnswers(1, "*2\r\n:2\r\n");
        StepVerifier.create(lossy.cron().fire("e"))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                JobException.DuplicateJob.class,
                                taken -> assertThat(taken.job()).isEqualTo(first.id())))
                .verify(Eventually.DEADLINE);

        assertThat(proxy.swallowed()).isEqualTo(1);
        assertThat(get(lossy.cron().get("e")).runs().skipped()).isEqualTo(1);
    }

    @Test
    void aJobThatWasKeptForASecondIsNotEnqueuedAgain() {
        assertRunsOnce(Retention.of(Duration.ofSeconds(1)), job -> {
            worker.finish(worker.claimOne("q"), "done");
            Eventually.holds(() -> assertThat(redis.keysOf(job)).isEmpty());
        });
    }

    @Test
    void aJobThatWasEmptiedOutIsNotEnqueuedAgain() {
        assertRunsOnce(
                Retention.RESULT_DEFAULT, job -> get(worker.client().queue("q").empty()));
    }

    @Test
    void whoQueuedAJobAgainDoesNotDoSoOnceMoreWhenItFailsMeanwhile() {
        JobHandle<String> job = worker.enqueue("q");
        worker.fail(worker.claimOne("q"), "broken");
        job.requeue().block(Eventually.DEADLINE);
        worker.fail(worker.claimOne("q"), "broken again");

        meanwhile(mine(job).requeue().thenReturn(true), () -> worker.fail(worker.claimOne("q"), "broken once more"));

        assertThat(redis.job(job.id())).containsEntry("status", "failed");
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void whoCanceledDoesNotCancelWhatWasQueuedAgainMeanwhile() {
        JobHandle<String> job = worker.enqueue("q");

        assertThat(meanwhile(mine(job).cancel(), () -> job.requeue().block(Eventually.DEADLINE)))
                .isTrue();

        assertThat(redis.job(job.id())).containsEntry("status", "queued");
        assertThat(redis.queue("q")).containsExactly(job.id().value());
    }

    @Test
    void whoDeletedDoesNotDeleteWhatCameInItsPlaceMeanwhile() {
        staysWhatComesMeanwhile(JobHandle::delete);
    }

    @Test
    void whoRemovedDoesNotRemoveWhatCameInItsPlaceMeanwhile() {
        staysWhatComesMeanwhile(job -> queue.remove(job.id()));
    }

    private void staysWhatComesMeanwhile(Function<JobHandle<String>, Mono<Boolean>> goodbye) {
        Mono<JobHandle<String>> enqueue =
                worker.client().queue("q").enqueue(ECHO, "hello", options -> options.id("mine"));
        JobHandle<String> job = mine(get(enqueue));

        assertThat(meanwhile(goodbye.apply(job), () -> get(enqueue))).isTrue();

        assertThat(redis.queue("q")).containsExactly("mine");
        assertThat(redis.job(job.id())).containsEntry("status", "queued");
    }

    @Test
    void whoFreedAKeyThatNobodyHeldDoesNotTakeItFromWhoHasItSince() {
        get(worker.client().unique("another").free());
        assertThat(meanwhile(
                        lossy.unique("k").free(),
                        () -> get(worker.client()
                                .queue("q")
                                .enqueue(ECHO, "hello", job -> job.id("mine").unique(Unique.untilEnded("k"))))))
                .isFalse();

        assertThat(get(lossy.unique("k").holder())).isEqualTo(JobId.of("mine"));
    }

    private void assertRunsOnce(Retention retention, Consumer<JobId> end) {
        JobId id = JobId.of("mine");
        proxy.swallowAnswers(1);
        proxy.refuse();
        Mono<JobHandle<String>> pending = queue.enqueue(
                        ECHO, "hello", job -> job.id(id).resultTtl(retention))
                .cache();
        pending.subscribe(job -> {}, error -> {});
        Eventually.holds(() -> assertThat(redis.queue("q")).hasSize(1));
        end.accept(id);
        proxy.admit();

        get(pending);

        assertThat(redis.queue("q")).isEmpty();
    }

    /** Loses the answer to a request, and does something before it is sent again. */
    private <T> T meanwhile(Mono<T> request, Runnable something) {
        int before = proxy.swallowed();
        proxy.swallowAnswers(1);
        proxy.refuse();
        Mono<T> pending = request.cache();
        pending.subscribe(answer -> {}, error -> {});
        Eventually.holds(() -> assertThat(proxy.swallowed()).isEqualTo(before + 1));
        something.run();
        proxy.admit();
        return get(pending);
    }

    private <T> T lost(Mono<T> request) {
        int before = proxy.swallowed();
        proxy.swallowAnswers(1);
        T answer = get(request);
        assertThat(proxy.swallowed()).isEqualTo(before + 1);
        return answer;
    }

    private JobHandle<String> mine(JobHandle<String> job) {
        return lossy.job(job.id(), ECHO);
    }
}
