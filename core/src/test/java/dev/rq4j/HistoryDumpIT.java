package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.Retention;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The first entry of a job's history comes as a dump of it. */
@ExtendWith(RedisExtension.class)
class HistoryDumpIT {

    private static final String QUEUE = "q";

    /** In base64 these are of all lengths around those that are written in another way. */
    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 45, 48, 90, 93, 96, 3069, 3072, 3075, 12279, 12282, 12285, 12288, 1572855, 1572858, 1572864})
    void aValueOfAnyLengthIsKept(int length, JobClient jobs, RawRedis redis) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) '7');

        JobId id = finish(new PretendWorker(jobs), value);

        StreamMessage<String, String> entry = onlyEntry(redis, id);
        assertThat(entry.getBody().keySet())
                .startsWith("type", "worker_name", "execution_id", "execution_started_at", "execution_ended_at");
        assertThat(entry.getBody().get("return_value"))
                .isEqualTo(length == 0 ? null : Base64.getEncoder().encodeToString(value));
        assertThat(redis.commands().pttl(redis.key("results:" + id))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 48, 93, 96, 3075, 12288, 1572864})
    void whoMayNotRestoreWritesTheSameFields(int length, JobClient jobs, RawRedis redis) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) '7');

        Restricted.without(CommandType.RESTORE, redis, client -> {
            JobId id = finish(new PretendWorker(client), value);

            assertThat(written(redis, id)).isEqualTo(written(redis, finish(new PretendWorker(jobs), value)));
            assertThat(redis.commands().pttl(redis.key("results:" + id))).isPositive();
        });
    }

    /** What only saves time must not be needed: not for those that end alone, nor for those that end in one step. */
    @ParameterizedTest
    @EnumSource(
            value = CommandType.class,
            names = {"RESTORE", "ZMSCORE", "MEMORY", "PUBSUB", "PUBLISH", "MGET"})
    void withoutARightJobsEndAllTheSame(CommandType command, RawRedis redis) {
        Restricted.without(command, redis, client -> {
            PretendWorker worker = new PretendWorker(client);
            List<JobId> ids =
                    Stream.generate(() -> worker.enqueue(QUEUE).id()).limit(8).toList();

            assertThat(get(Flux.fromIterable(worker.claim(8, QUEUE))
                            .flatMap(job -> worker.finishing(job, "done"))
                            .collectList()))
                    .hasSize(8)
                    .containsOnly(Settled.DONE);

            assertThat(ids).allSatisfy(id -> {
                assertThat(written(redis, id)).containsEntry("type", "1").containsKey("return_value");
                assertThat(redis.score("finished:" + QUEUE, id.value())).isNotNull();
            });
            assertThat(redis.commands().zcard(redis.key("wip:" + QUEUE))).isZero();
        });
    }

    /** In base64 these are of all lengths that travel with the message, and the first that does not. */
    @ParameterizedTest
    @ValueSource(ints = {1, 45, 48, 93, 96, 3069, 3072, 6144, 6147})
    void whoWaitsIsToldTheValue(int length, JobClient jobs) {
        PretendWorker worker = new PretendWorker(jobs);
        String value = "7".repeat(length - 1);

        StepVerifier.create(jobs.queue(QUEUE).enqueueAndAwait(ECHO, ""))
                .then(() -> Eventually.holds(
                        () -> assertThat(get(jobs.queue(QUEUE).size())).isOne()))
                .then(() -> worker.finish(worker.claimOne(QUEUE), value))
                .expectNext(value)
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void itTakesLittleMemoryAndBearsFurtherEntries(JobClient jobs, RawRedis redis) {
        JobId id = finish(new PretendWorker(jobs), "done".getBytes(UTF_8));
        String key = redis.key("results:" + id);
        assertThat(redis.commands().memoryUsage(key)).isLessThan(1000);
        String first = onlyEntry(redis, id).getId();

        redis.commands().xadd(key, Map.of("type", "1"));

        assertThat(redis.commands().xrange(key, Range.unbounded()))
                .hasSize(2)
                .first()
                .extracting(StreamMessage::getId)
                .isEqualTo(first);
        assertThat(redis.commands().xdel(key, first)).isOne();
        assertThat(redis.commands().xlen(key)).isOne();
    }

    /** What the clock of a worker says is for people to see. */
    @Test
    void aSecondRunOfAJobComesAfterAFirstFromTheFuture(JobClient jobs, RawRedis redis) {
        PretendWorker worker = new PretendWorker(jobs);
        JobHandle<String> job = get(jobs.queue(QUEUE).enqueue(ECHO, "", options -> options.repeat(Repeat.times(1))));
        ClaimedJob claimed = worker.claimOne(QUEUE);
        finish(worker, claimed, "\"first\"".getBytes(UTF_8), Instant.now().plus(Duration.ofHours(2)), Settled.AGAIN);
        assertThat(Long.parseLong(onlyEntry(redis, job.id()).getId().split("-")[0]))
                .as("what follows is asked how old it is by the clock of Redis")
                .isLessThanOrEqualTo((long) (1000 * redis.now()) + 1);

        assertThat(worker.finish(worker.claimOne(QUEUE), "second")).isEqualTo(Settled.DONE);

        assertThat(get(job.results().collectList()))
                .extracting(result -> result.value(String.class))
                .containsExactly("second", "first");
    }

    private static JobId finish(PretendWorker worker, byte[] value) {
        JobHandle<String> job = worker.enqueue(QUEUE);
        finish(worker, worker.claimOne(QUEUE), value, Instant.now(), Settled.DONE);
        return job.id();
    }

    private static void finish(PretendWorker worker, ClaimedJob claimed, byte[] value, Instant ended, Settled settled) {
        Attempt attempt = new Attempt(claimed.execution(), "pretend", ended.minusMillis(250), ended);
        assertThat(get(worker.leases().finish(attempt, value, Retention.RESULT_DEFAULT, List.of())))
                .isEqualTo(settled);
    }

    private static StreamMessage<String, String> onlyEntry(RawRedis redis, JobId id) {
        List<StreamMessage<String, String>> entries =
                redis.commands().xrange(redis.key("results:" + id), Range.unbounded());
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    /** Returns what is written of a run but what differs with each. */
    private static Map<String, String> written(RawRedis redis, JobId id) {
        Map<String, String> written = new HashMap<>(onlyEntry(redis, id).getBody());
        assertThat(written.keySet().removeAll(List.of("execution_id", "execution_started_at", "execution_ended_at")))
                .isTrue();
        return written;
    }
}
