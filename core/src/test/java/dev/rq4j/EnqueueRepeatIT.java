package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A request whose answer is lost is sent again, and has been carried out once. */
@ExtendWith(RedisExtension.class)
class EnqueueRepeatIT {

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
        // the server knows the script, so that the next answer is the one that counts
        get(queue.enqueue(ECHO, "warm", job -> job.id("warm")).flatMap(JobHandle::delete));
    }

    @AfterEach
    void disconnect() {
        RedisExtension.close(lossy);
        proxy.close();
    }

    @Test
    void aJobIsEnqueuedOnceThoughTheAnswersAreLost() {
        proxy.swallowAnswers(2);

        JobId id = get(queue.enqueue(ECHO, "hello")).id();

        assertThat(proxy.swallowed()).isEqualTo(2);
        assertThat(redis.queue("q")).containsExactly(id.value());
    }

    @Test
    void aJobWithAnIdOfItsOwnIsEnqueuedOnceAndNotTakenForADuplicate() {
        proxy.swallowAnswers(1);

        get(queue.enqueue(ECHO, "hello", job -> job.id("mine")));

        assertThat(proxy.swallowed()).isEqualTo(1);
        assertThat(redis.queue("q")).containsExactly("mine");
    }

    @Test
    void aDuplicateIsStillRefusedThoughTheAnswerIsLost() {
        get(queue.enqueue(ECHO, "one", job -> job.id("mine")));
        proxy.swallowAnswers(1);

        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> get(queue.enqueue(ECHO, "two", job -> job.id("mine"))));

        assertThat(proxy.swallowed()).isEqualTo(1);
        assertThat(redis.queue("q")).containsExactly("mine");
    }

    @Test
    void aBatchIsEnqueuedOnceThoughTheAnswerIsLost() {
        proxy.swallowAnswers(1);

        List<String> ids = enqueueAll(50);

        assertThat(proxy.swallowed()).isEqualTo(1);
        assertThat(redis.queue("q")).isEqualTo(ids);
    }

    @Test
    void noBatchOvertakesOneWhoseAnswerIsLost() {
        proxy.swallowAnswers(1);

        List<String> ids = enqueueAll(3000);

        assertThat(proxy.swallowed()).isEqualTo(1);
        assertThat(redis.queue("q")).hasSize(3000).isEqualTo(ids);
    }

    @Test
    void aJobThatIsGoneBeforeTheRepetitionComesIsNotEnqueuedAgain() {
        assertRunsOnce(queue.enqueue(ECHO, "hello", job -> job.resultTtl(Duration.ZERO)));
    }

    @Test
    void aJobWithAnIdOfItsOwnThatIsGoneBeforeTheRepetitionComesIsNotEnqueuedAgain() {
        assertRunsOnce(queue.enqueue(ECHO, "hello", job -> job.id("mine").resultTtl(Duration.ZERO)));
    }

    @Test
    void anIdThatWasUsedAMomentAgoIsEnqueuedThoughItsFirstRequestNeverArrived() {
        get(queue.enqueue(ECHO, "hello", job -> job.id("mine").resultTtl(Duration.ZERO)));
        worker.finish(worker.claimOne("q"), "done");
        proxy.refuse();
        proxy.cut();

        Mono<JobHandle<String>> pending =
                queue.enqueue(ECHO, "hello", job -> job.id("mine")).cache();
        pending.subscribe(job -> {}, error -> {});
        Eventually.holds(() -> assertThat(proxy.refused()).isGreaterThan(1));
        proxy.admit();
        get(pending);

        assertThat(redis.queue("q")).containsExactly("mine");
    }

    /** The worker is done with the job while the client is still waiting for the answer to its first request. */
    private void assertRunsOnce(Mono<JobHandle<String>> enqueue) {
        proxy.swallowAnswers(1);
        proxy.refuse();
        Mono<JobHandle<String>> pending = enqueue.cache();
        pending.subscribe(job -> {}, error -> {});
        Eventually.holds(() -> assertThat(redis.queue("q")).hasSize(1));
        worker.finish(worker.claimOne("q"), "done");
        assertThat(redis.queue("q")).isEmpty();
        proxy.admit();

        JobId id = get(pending).id();

        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.keysOf(id)).isEmpty();
    }

    /** Enqueues so many in batches, and returns their ids. */
    private List<String> enqueueAll(int count) {
        return Flux.range(0, count)
                .map(i -> ECHO.request("job " + i))
                .as(queue::enqueueAll)
                .map(job -> job.id().value())
                .collectList()
                .block(Eventually.DEADLINE);
    }
}
