package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.Execution;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.LogLine;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.JobNotes;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What an attempt says while it runs: how far it is, and its log. */
@ExtendWith(RedisExtension.class)
class NotesIT {

    private RawRedis redis;
    private PretendWorker worker;
    private JobNotes notes;
    private JobHandle<String> job;
    private ClaimedJob claim;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.notes = jobs.engine().notes();
        this.job = worker.enqueue("q");
    }

    @Test
    void progressIsSeenByWhoLooks() {
        Execution running = claim();
        assertThat(get(job.snapshot()).progress()).isNull();
        redis.commands().set(redis.key("watched"), "1");

        done(notes.progress(running, 10, "reading"));
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(10, "reading"));
        done(notes.progress(running, 60, null));
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(60, "reading"));
        done(notes.progress(running, 100, ""));
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(100, null));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void absurdProgressIsRefusedAndNothingIsWritten(int percent) {
        signals(notes.progress(claim(), percent, "x"), JobException.Invalid.class);

        assertThat(redis.job(job.id())).doesNotContainKeys("progress", "progress_message");
    }

    @ParameterizedTest
    @CsvSource({"-1,", "101,", "soon,", "'',x", "99999999999999999999,"})
    void absurdProgressOfOthersIsNotShown(String percent, String message) {
        redis.commands().hset(redis.key("job:" + job.id()), "progress", percent);

        assertThat(get(job.snapshot()).progress()).isNull();
    }

    @Test
    void aLongMessageIsCutBetweenTwoCharacters() {
        Execution running = claim();

        done(notes.progress(running, 1, "x".repeat(600)));
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(1, "x".repeat(500)));
        done(notes.progress(running, 1, "x".repeat(499) + "\uD83D\uDE00"));
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(1, "x".repeat(499)));
    }

    @Test
    void theNextAttemptBeginsWithoutProgress() {
        Execution first = claim();
        done(notes.progress(first, 80, "nearly there"));
        redis.commands().zadd(redis.key("wip:q"), 0, first.member());
        get(worker.leases().recover("q", 3).collectList());

        claim();

        assertThat(get(job.snapshot()).progress()).isNull();
    }

    @Test
    void whoHasLostTheJobSaysNothingMore() {
        Execution lost = claim();
        done(notes.log(lost, "mine"));
        redis.commands().zadd(redis.key("wip:q"), 0, lost.member());
        get(worker.leases().recover("q", 3).collectList());
        claim();

        assertSilenced(lost);
        assertThat(logged()).containsExactly("mine");
        assertThat(redis.job(job.id())).doesNotContainKeys("progress", "meta");
    }

    @Test
    void whoseJobIsCanceledSaysNothingMore() {
        Execution running = claim();
        get(job.cancel());

        assertSilenced(running);
    }

    @Test
    void whoseJobWasCanceledByPythonSaysNothingMore() {
        Execution running = claim();
        redis.commands().hset(redis.key("job:" + job.id()), "status", "canceled");

        assertSilenced(running);
        assertThat(redis.keys()).doesNotContain("log:" + job.id());
    }

    @Test
    void whoseJobIsDeletedSaysNothingMoreAndLeavesNothing() {
        Execution running = claim();
        done(notes.log(running, "hello"));
        get(job.delete());

        assertSilenced(running);
        assertThat(redis.keysOf(job.id())).isEmpty();
        redis.commands().zadd(redis.key("wip:q"), 4e9, running.member());
        assertSilenced(running);
        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void whatIsLoggedIsReadInItsOrder() {
        assertThat(logged()).isEmpty();
        Execution running = claim();
        List<String> lines = List.of("one", "", "two words", " spaces ", "a\nb", "\u20ac \uD83D\uDE00", "\0");

        lines.forEach(line -> done(notes.log(running, line)));

        assertThat(logged()).isEqualTo(lines);
        List<LogLine> log = list(job.logs());
        assertThat(log).extracting(LogLine::time).isSorted();
        assertThat(log.get(0).time())
                .isCloseTo(Instant.ofEpochSecond((long) redis.now()), within(5, ChronoUnit.SECONDS));
    }

    @Test
    void theNewestLinesAreKept() {
        Execution running = claim();
        Flux.range(0, 1100)
                .concatMap(i -> notes.log(running, "line " + i), 1)
                .then()
                .block(Eventually.DEADLINE);

        assertThat(logged())
                .isEqualTo(IntStream.range(100, 1100).mapToObj(i -> "line " + i).toList());
    }

    @Test
    void aLongLineIsCut() {
        done(notes.log(claim(), "x".repeat(3000)));

        assertThat(logged()).containsExactly("x".repeat(2000));
    }

    @Test
    void whatIsNoLineIsLeftOut() {
        done(notes.log(claim(), "hello"));
        redis.commands().rpush(redis.key("log:" + job.id()), "", "x", "soon x y", "-1 x y", "nan x y", "1e300 x y");

        assertThat(logged()).containsExactly("hello");
    }

    @Test
    void theLogGoesWithItsJob() {
        Execution running = claim();
        done(notes.log(running, "hello"));
        assertThat(redis.ttl("log:" + job.id())).isPositive();

        worker.finish(claim, "done");
        assertThat(redis.ttl("log:" + job.id())).isBetween(490L, 500L);
        get(job.retain(Duration.ofMinutes(1)));
        assertThat(redis.ttl("log:" + job.id())).isBetween(50L, 60L);
        get(job.persist());
        assertThat(redis.ttl("log:" + job.id())).isEqualTo(-1);
        get(job.delete());
        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void theLogOfAJobThatKeepsNothingIsGoneWithItsEnd() {
        get(job.retain(Duration.ZERO));
        Execution running = claim();
        done(notes.log(running, "hello"));

        worker.finish(claim, "done");

        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void aLineWhoseAnswerIsLostIsWrittenOnce() {
        Execution running = claim();
        TcpProxy proxy = new TcpProxy(RedisExtension.uri());
        JobClient lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        JobNotes mine = lossy.engine().notes();
        done(mine.log(running, "same"));

        proxy.swallowAnswers(2);
        done(mine.log(running, "same"));

        assertThat(proxy.swallowed()).isEqualTo(2);
        assertThat(logged()).containsExactly("same", "same");
        RedisExtension.close(lossy);
        proxy.close();
    }

    private void assertSilenced(Execution execution) {
        signals(notes.progress(execution, 50, "x"), JobException.LeaseLost.class);
        signals(notes.log(execution, "x"), JobException.LeaseLost.class);
        signals(notes.updateMeta(execution, meta -> meta), JobException.LeaseLost.class);
    }

    private Execution claim() {
        claim = worker.claimOne("q");
        return claim.execution();
    }

    private List<String> logged() {
        return list(job.logs().map(LogLine::text));
    }

    private static void signals(Mono<?> mono, Class<? extends JobException> error) {
        StepVerifier.create(mono).expectError(error).verify(Eventually.DEADLINE);
    }

    private static void done(Mono<Void> mono) {
        mono.block(Eventually.DEADLINE);
    }

    private static <T> List<T> list(Flux<T> flux) {
        return flux.collectList().block(Eventually.DEADLINE);
    }
}
