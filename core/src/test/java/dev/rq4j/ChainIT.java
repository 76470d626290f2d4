package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs of which each takes the result of the one before. */
@ExtendWith(RedisExtension.class)
class ChainIT {

    private static final Task<String, Integer> COUNT = Task.of("tests.count", String.class, Integer.class);
    private static final Task<Number, String> SHOW = Task.of("tests.show", Number.class, String.class);
    private static final Task<Void, String> CLOSE = Task.of("tests.close", Void.class, String.class);
    private static final Task<String, Void> KEEP = Task.of("tests.keep", String.class, Void.class);

    private JobQueue queue;
    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.queue = jobs.queue("q");
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
    }

    @Test
    void whatAnEarlierRunReturnedIsNoResultOfOneThatFailed() {
        JobHandle<String> parent = get(queue.enqueue(ECHO, "word", job -> job.repeat(Repeat.times(1))));
        get(queue.enqueue(ECHO.requestFromResultOf(
                parent.id(), job -> job.dependsOn(Dependency.on(parent.id()).allowFailure()))));
        worker.finish(worker.claimOne("q"), "of the first run");
        worker.fail(worker.claimOne("q"), "broken");

        assertThat(worker.claimOne("q").input()).isNull();
    }

    @Test
    void eachRunsWithTheResultOfTheOneBefore() {
        JobHandle<String> last = get(queue.chain(COUNT.request("word"))
                .then(SHOW)
                .then("other", ECHO, job -> job.description("last"))
                .enqueue());

        worker.finish(claim("q", "tests.count"), 4);
        ClaimedJob show = claim("q", "tests.show");
        assertThat(show.input()).isEqualTo("4".getBytes(UTF_8));
        assertThat(redis.payload(show.execution().job())).isEqualTo("[\"tests.show\",null,[],{}]");
        worker.finish(show, "four");
        ClaimedJob echo = claim("other", "last");
        assertThat(echo.input()).isEqualTo("\"four\"".getBytes(UTF_8));
        worker.finish(echo, "four four");

        assertThat(get(last.result())).isEqualTo("four four");
        assertThat(kin.traces("job:", "results:")).isEmpty();
    }

    @Test
    void aTaskWithoutInputRunsAfterOneWithoutAResult() {
        get(queue.chain(KEEP.request("x")).then(CLOSE).enqueue());

        worker.finish(claim("q", "tests.keep"), null);

        assertThat(claim("q", "tests.close").input()).isNull();
    }

    @Test
    void aFailureCallsOffTheRest() {
        JobHandle<String> last =
                get(queue.chain(COUNT.request("word")).then(SHOW).then(ECHO).enqueue());

        worker.fail(claim("q", "tests.count"), "broken");

        assertThat(get(last.status())).isEqualTo(JobStatus.CANCELED);
        assertThatExceptionOfType(JobException.JobCanceled.class).isThrownBy(() -> get(last.result()));
        assertThat(redis.commands().zcard(redis.key("canceled:q"))).isEqualTo(2);
        assertThat(kin.traces("job:", "results:")).isEmpty();
    }

    @Test
    void aChainThatWasCalledOffCanBeTakenUpAgain() {
        get(queue.chain(ECHO.request("", job -> job.id("a")))
                .then(ECHO, job -> job.id("b"))
                .then(ECHO, job -> job.id("c"))
                .enqueue());
        kin.fail("a");

        List.of("a", "b", "c").forEach(id -> kin.job(id).requeue().block());

        assertThat(kin.queued()).containsExactly("a");
        kin.finish("a", "from a");
        assertThat(kin.claim("b").input()).isEqualTo("\"from a\"".getBytes(UTF_8));
        assertThat(kin.status("c")).isEqualTo(JobStatus.DEFERRED);
    }

    @Test
    void eachSubscriptionEnqueuesAChainOfItsOwn() {
        JobChain<String> chain = queue.chain(COUNT.request("word")).then(SHOW);

        assertThat(get(chain.enqueue()).id()).isNotEqualTo(get(chain.enqueue()).id());

        assertThat(kin.queued()).hasSize(2);
    }

    @Test
    void nothingOfAChainIsEnqueuedWhenOneOfItsJobsCannotBe() {
        kin.enqueue("taken");
        JobChain<Integer> start = queue.chain(COUNT.request("word", job -> job.onSuccess(ECHO.request("callback"))));

        assertDuplicate(start.then(SHOW, job -> job.id("taken")), "taken");
        assertDuplicate(
                start.then(SHOW).then(ECHO, job -> job.id("taken").ifExists(IfExists.RETURN_EXISTING)), "taken");
        assertDuplicate(
                start.then(SHOW, job -> job.id("twice")).then(ECHO).then(ECHO, job -> job.id("twice")), "twice");
        assertDuplicate(
                start.then(SHOW, job -> job.id("b").unique(Unique.untilEnded("k")))
                        .then(ECHO, job -> job.unique(Unique.untilEnded("k"))),
                "b");
        assertThatExceptionOfType(JobException.NoSuchDependency.class)
                .isThrownBy(() -> get(start.then(SHOW)
                        .then(ECHO, job -> job.dependsOn(ids("nobody")))
                        .enqueue()));

        assertThat(kin.queued()).containsExactly("taken");
        assertThat(kin.traces("job:taken")).isEmpty();
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("unique:"));
    }

    @Test
    void aChainIsEnqueuedOnceThoughTheAnswerIsLost() {
        TcpProxy proxy = new TcpProxy(RedisExtension.uri());
        JobClient lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        try {
            get(lossy.queue("q").enqueue(ECHO, "warm").flatMap(JobHandle::delete));
            JobChain<String> chain = lossy.queue("q")
                    .chain(COUNT.request(
                            "word",
                            job -> job.id("first").resultTtl(Duration.ZERO).onFailure(ECHO.request("callback"))))
                    .then(SHOW);
            proxy.swallowAnswers(1);
            proxy.refuse();
            var pending = chain.enqueue().cache();
            pending.subscribe(job -> {}, error -> {});
            Eventually.holds(() -> assertThat(kin.queued()).hasSize(1));
            worker.finish(claim("q", "tests.count"), 4);
            proxy.admit();

            JobId last = get(pending).id();

            assertThat(kin.queued()).containsExactly(last.value());
            assertThat(kin.traces("job:" + last)).isEmpty();
        } finally {
            RedisExtension.close(lossy);
            proxy.close();
        }
    }

    @Test
    void aChainHasAnEnd() {
        JobChain<String> chain = queue.chain(ECHO.request("first"));
        for (int i = 1; i < 100; i++) {
            chain = chain.then(ECHO);
        }
        JobChain<String> longest = chain;

        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> longest.then(ECHO))
                .withMessage("a chain has at most 100 jobs");
        get(longest.enqueue());
        for (int i = 0; i < 100; i++) {
            worker.finish(worker.claimOne("q"), "done");
        }
        assertThat(kin.traces("job:", "results:")).isEmpty();
    }

    private void assertDuplicate(JobChain<?> chain, String id) {
        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> get(chain.enqueue()))
                .satisfies(refused -> assertThat(refused.job()).isEqualTo(JobId.of(id)));
    }

    private ClaimedJob claim(String queue, String description) {
        ClaimedJob claim = worker.claimOne(queue);
        assertThat(claim.description()).isEqualTo(description);
        return claim;
    }
}
