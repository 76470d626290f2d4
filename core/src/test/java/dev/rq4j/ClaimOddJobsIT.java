package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.RateLimit;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others can have put into a queue: a claim takes what can be run and is stopped by nothing. */
@ExtendWith(RedisExtension.class)
class ClaimOddJobsIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void idsWithoutAJobAreSkipped() {
        push("gone-1", "gone-2");
        String good = worker.enqueue("q").id().value();
        push("gone-3");

        assertThat(ids(worker.claim(2, "q"))).containsExactly(good);
        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.commands().exists(redis.key("job:gone-1"))).isZero();
    }

    @Test
    void aKeyThatIsNoJobIsSkipped() {
        redis.commands().set(redis.key("job:text"), "not a hash");
        push("text");
        String good = worker.enqueue("q").id().value();

        assertThat(ids(worker.claim(1, "q"))).containsExactly(good);
        assertThat(redis.commands().get(redis.key("job:text"))).isEqualTo("not a hash");
    }

    @Test
    void anIdThatIsListedTwiceRunsOnce() {
        String id = worker.enqueue("q").id().value();
        push(id, id);

        assertThat(ids(worker.claim(5, "q"))).containsExactly(id);
        assertThat(worker.claim(5, "q")).isEmpty();
    }

    @Test
    void whomAnExpiredJobMakesRoomForIsClaimedWithTheRest() {
        RateLimit alone = RateLimit.concurrency("alone", 1);
        String expired = enqueue(options -> options.limit(alone).ttl(Duration.ofHours(1)));
        String next = enqueue(options -> options.limit(alone));
        redis.commands().hset(redis.key("job:" + expired), "expires_at", "1");

        assertThat(ids(worker.claim(5, "q"))).containsExactly(next);
    }

    private String enqueue(Consumer<JobOptions.Builder> options) {
        return get(jobs.queue("q").enqueue(ECHO, "", options)).id().value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"started", "finished", "failed", "stopped", "canceled", "deferred", "scheduled"})
    void aJobThatDoesNotWaitIsNotRunAgain(String status) {
        String id = worker.enqueue("q").id().value();
        redis.commands().hset(redis.key("job:" + id), "status", status);

        assertThat(worker.claim(5, "q")).isEmpty();
        assertThat(redis.hash("job:" + id)).containsEntry("status", status).doesNotContainKey("execution_id");
    }

    @Test
    void aStatusThatNobodyKnowsDoesNotKeepAJobFromRunning() {
        String id = worker.enqueue("q").id().value();
        redis.commands().hset(redis.key("job:" + id), "status", "tomorrow's invention");

        assertThat(ids(worker.claim(1, "q"))).containsExactly(id);
    }

    @Test
    void aJobWithNothingButAFieldIsClaimedWithoutPayload() {
        redis.commands().hset(redis.key("job:bare"), "unknown", "x");
        push("bare");

        ClaimedJob claim = worker.claimOne("q");

        assertThat(claim.payload()).isNull();
        assertThat(claim.payloadSize()).isZero();
        assertThat(claim.timeout()).isEqualTo(JobOptions.DEFAULT_TIMEOUT);
        assertThat(claim.description()).isNull();
        assertThat(claim.enqueuedAt()).isNull();
        assertThat(redis.hash("job:bare")).containsEntry("origin", "q").containsEntry("status", "started");
    }

    @Test
    void absurdFieldsAreReadLeniently() {
        JobHandle<String> job = worker.enqueue("q");
        redis.commands()
                .hset(
                        redis.key("job:" + job.id()),
                        Map.of("timeout", "1.5", "enqueued_at", "yesterday", "recoveries", "many", "status", "queued"));

        ClaimedJob claim = worker.claimOne("q");

        assertThat(claim.enqueuedAt()).isNull();
        assertThat(claim.recoveries()).isZero();
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(claim::timeout)
                .withMessageContaining("timeout");
    }

    @Test
    void anOversizedPayloadIsNotSentToTheWorker() {
        JobHandle<String> job = worker.enqueue("q");
        redis.commands().hset(redis.key("job:" + job.id()), "data", "x".repeat((1 << 20) + 1));

        ClaimedJob claim = worker.claimOne("q");

        assertThat(claim.payload()).isNull();
        assertThat(claim.payloadSize()).isEqualTo((1 << 20) + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"with.dot", "with space", "{braces}", "*"})
    void aJobWhoseIdCannotBeLeasedIsFailedWithReadableText(String id) {
        redis.commands().hset(redis.key("job:" + id), Map.of("status", "queued", "data", "x"));
        push(id);
        String good = worker.enqueue("q").id().value();

        assertThat(ids(worker.claim(5, "q"))).containsExactly(good);

        assertThat(redis.hash("job:" + id)).containsEntry("status", "failed");
        assertThat(redis.ttl("job:" + id)).isCloseTo(31_536_000, within(5L));
        assertThat(redis.ttl("results:" + id)).isCloseTo(31_536_000, within(5L));
        assertThat(redis.score("failed:q", id)).isNotNull();
        String field = redis.commands()
                .xrange(redis.key("results:" + id), io.lettuce.core.Range.unbounded())
                .get(0)
                .getBody()
                .get("exc_string");
        assertThat(ErrorText.decode(field.getBytes(ISO_8859_1))).contains("id").contains("A-Z a-z 0-9 _ -");
    }

    @Test
    void aQueueThatIsNoListIsAnErrorUnlessThereIsWorkBesideIt() {
        redis.commands().set(redis.key("queue:strange"), "not a list");

        assertThatExceptionOfType(JobException.ServerError.class)
                .isThrownBy(() -> worker.claim(1, "strange"))
                .withMessageContaining("WRONGTYPE");

        String good = worker.enqueue("q").id().value();
        assertThat(ids(worker.claim(2, "strange", "q"))).containsExactly(good);
    }

    @Test
    void nothingIsLostWhenLeasesCannotBeWritten() {
        String id = worker.enqueue("q").id().value();
        redis.commands().set(redis.key("wip:q"), "not a sorted set");

        assertThatExceptionOfType(JobException.ServerError.class).isThrownBy(() -> worker.claim(1, "q"));

        assertThat(redis.queue("q")).containsExactly(id);
        assertThat(redis.hash("job:" + id)).containsEntry("status", "queued");
    }

    @Test
    void aLongListOfWhatCannotBeRunIsClearedOverSeveralClaims() {
        String[] gone = new String[3000];
        for (int i = 0; i < gone.length; i++) {
            gone[i] = "gone-" + i;
        }
        push(gone);
        String good = worker.enqueue("q").id().value();

        List<ClaimedJob> claims = List.of();
        for (int i = 0; claims.isEmpty() && i < 10; i++) {
            claims = worker.claim(1, "q");
        }

        assertThat(ids(claims)).containsExactly(good);
    }

    @Test
    void aPayloadThatIsNotCompressedIsRunToo() {
        JobHandle<String> job = get(jobs.queue("q").enqueue(ECHO, "hello"));
        redis.commands().hset(redis.key("job:" + job.id()), "data", "[\"a.b\", null, [1], {}]");

        ClaimedJob claim = worker.claimOne("q");

        assertThat(claim.payload()).asString().isEqualTo("[\"a.b\", null, [1], {}]");
        assertThat(claim.timeout()).isEqualTo(Duration.ofMinutes(3));
    }

    private void push(String... ids) {
        redis.commands().rpush(redis.key("queue:q"), ids);
    }

    private static List<String> ids(List<ClaimedJob> claims) {
        return claims.stream().map(claim -> claim.execution().job().value()).toList();
    }
}
