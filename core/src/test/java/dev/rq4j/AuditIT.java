package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rq4j.job.Finding;
import dev.rq4j.job.Finding.Kind;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** A namespace is broken in one way, and the audit finds that and nothing else, and mends it. */
@ExtendWith(RedisExtension.class)
class AuditIT {

    private static final String LONG_AGO = "2020-01-01T00:00:00.000000Z";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final List<String> TIMES =
            List.of("created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat");

    private RawRedis redis;
    private JobClient jobs;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.jobs = jobs;
        this.worker = new PretendWorker(jobs);
    }

    /** A job of each status, with what most jobs do not have. */
    private void populate() {
        make("queued", job -> job.unique(Unique.untilEnded("a-key")).group("a-group"));
        make("scheduled", job -> job.delay(HOUR));
        make("deferred", job -> job.dependsOn(JobId.of("queued")));
        make("allowed", job -> job.limit(RateLimit.concurrency("one", 1)));
        make("limited", job -> job.limit(RateLimit.concurrency("one", 1)));
        make("mortal", job -> job.ttl(HOUR));
        for (String id : List.of("finished", "failed", "started")) {
            get(jobs.queue("ended").enqueue(ECHO, "x", job -> job.id(id)));
        }
        for (ClaimedJob claim : worker.claim(3, "ended")) {
            String id = claim.execution().job().value();
            if (id.equals("finished")) {
                worker.finish(claim, "done");
            } else if (id.equals("failed")) {
                worker.fail(claim, "broken");
            }
        }
        make("canceled", job -> {});
        get(jobs.job(JobId.of("canceled"), ECHO).cancel());
        redis.keys().stream()
                .filter(key -> key.matches("job:[^:]+"))
                .forEach(key -> TIMES.forEach(time -> redis.commands().hset(redis.key(key), time, LONG_AGO)));
    }

    private void make(String id, Consumer<JobOptions.Builder> options) {
        get(jobs.queue("q").enqueue(ECHO, "x", job -> options.accept(job.id(id))));
    }

    private List<Finding> audit() {
        return jobs.audit().collectList().block(Eventually.DEADLINE);
    }

    /** Ways to break a namespace: the kind, the subject, and commands of Redis in which %s is the prefix. */
    static Stream<Arguments> breaches() {
        return Stream.of(
                breach(Kind.IN_NO_PLACE, "queued", "LREM %s:queue:q 0 queued"),
                breach(Kind.IN_NO_PLACE, "scheduled", "ZREM %s:scheduled:q scheduled"),
                breach(Kind.IN_NO_PLACE, "deferred", "ZREM %s:deferred:q deferred"),
                breach(Kind.IN_NO_PLACE, "limited", "ZREM %s:rl:one:rate_limited limited"),
                breach(Kind.IN_NO_PLACE, "finished", "ZREM %s:finished:ended finished"),
                breach(Kind.IN_NO_PLACE, "failed", "ZREM %s:failed:ended failed"),
                breach(Kind.IN_NO_PLACE, "canceled", "ZREM %s:canceled:q canceled"),
                breach(Kind.IN_TWO_PLACES, "queued", "RPUSH %s:queue:q queued"),
                breach(Kind.IN_TWO_PLACES, "queued", "ZADD %s:scheduled:q 9999999999 queued"),
                breach(Kind.IN_TWO_PLACES, "scheduled", "RPUSH %s:queue:q scheduled"),
                breach(Kind.IN_TWO_PLACES, "finished", "ZADD %s:failed:ended 9999999999 finished"),
                breach(Kind.IN_TWO_PLACES, "deferred", "ZADD %s:deferred:other 9999999999 deferred"),
                breach(
                        Kind.MISPLACED,
                        "finished",
                        "ZREM %s:finished:ended finished",
                        "ZADD %s:failed:ended 9999999999 finished"),
                breach(Kind.MISPLACED, "queued", "LREM %s:queue:q 0 queued", "ZADD %s:scheduled:q 9999999999 queued"),
                breach(
                        Kind.MISPLACED,
                        "queued",
                        "LREM %s:queue:q 0 queued",
                        "RPUSH %s:queue:else queued",
                        "SADD %s:queues %s:queue:else"),
                breach(Kind.WITHOUT_LEASE, "started", "DEL %s:wip:ended"),
                breach(Kind.LEASE_LEFT, "nobody:x-1", "ZADD %s:wip:q 1 nobody:x-1"),
                breach(Kind.LEASE_LEFT, "queued:0123456789", "ZADD %s:wip:q 1 queued:0123456789"),
                breach(Kind.ENTRY_LEFT, "nobody", "LPUSH %s:queue:q nobody"),
                breach(Kind.ENTRY_LEFT, "nobody", "ZADD %s:finished:q 9999999999 nobody"),
                breach(Kind.ENTRY_LEFT, "nobody", "ZADD %s:canceled:q 1000000000 nobody"),
                breach(Kind.ENTRY_LEFT, "nobody", "ZADD %s:deferred:q 1000000000 nobody"),
                breach(Kind.ENTRY_LEFT, "nobody", "ZADD %s:scheduled:q 1000000000 nobody"),
                breach(Kind.ENTRY_LEFT, "nobody", "ZADD %s:rl:one:rate_limited 1 nobody"),
                breach(Kind.ENTRY_LEFT, "nobody", "SADD %s:job:queued:dependents nobody"),
                breach(Kind.HELD_BY_NOBODY, "queued", "LMOVE %s:queue:q %s:queue:q:intermediate LEFT LEFT"),
                breach(Kind.HELD_BY_NOBODY, "finished", "LPUSH %s:queue:q:intermediate finished"),
                breach(
                        Kind.HELD_BY_NOBODY,
                        "queued",
                        "LREM %s:queue:q 0 queued",
                        "HSET %s:job:queued status ready_to_enqueue",
                        "ZADD %s:ready:q 1000000000 queued"),
                breach(Kind.LEFT_BEHIND, "nobody", "XADD %s:results:nobody * type 1"),
                breach(Kind.LEFT_BEHIND, "nobody", "RPUSH %s:log:nobody line"),
                breach(Kind.LEFT_BEHIND, "nobody", "SADD %s:job:nobody:dependents deferred"),
                breach(Kind.LEFT_BEHIND, "nobody", "SADD %s:job::nobody:dependencies queued"),
                breach(Kind.LEFT_BEHIND, "nobody", "HSET %s:job:nobody last_heartbeat " + LONG_AGO),
                breach(Kind.KEPT_FOR_EVER, "finished", "PERSIST %s:job:finished", "PERSIST %s:results:finished"),
                breach(Kind.KEPT_FOR_EVER, "canceled", "PERSIST %s:job:canceled"),
                breach(Kind.KEPT_FOR_EVER, "failed", "PERSIST %s:results:failed"),
                breach(Kind.KEPT_FOR_EVER, "late", "HSET %s:worker:late failed_job_count 1"),
                breach(Kind.GOES_EARLY, "queued", "EXPIRE %s:job:queued 1000"),
                breach(Kind.WORKER_LEFT, "%s:worker:dead", "SADD %s:workers %s:worker:dead"),
                breach(Kind.WORKER_LEFT, "%s:worker:dead", "SADD %s:workers:q %s:worker:dead"),
                breach(Kind.QUEUE_NOT_LISTED, "*", "SREM %s:queues %s:queue:q"),
                breach(Kind.UNIQUE_KEY_LEFT, "other", "SET %s:unique:other finished"),
                breach(Kind.UNIQUE_KEY_LEFT, "other", "SET %s:unique:other nobody"));
    }

    private static Arguments breach(Kind kind, String subject, String... commands) {
        return arguments(kind, subject, List.of(commands));
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void findsEachBreachAndMendsIt(Kind kind, String subject, List<String> commands) {
        populate();
        assertThat(audit()).isEmpty();

        for (String command : commands) {
            run(command.replace("%s", redis.prefix()));
        }

        List<Finding> found = audit();
        assertThat(found).extracting(Finding::kind).containsExactly(kind);
        Finding finding = found.get(0);
        if (!subject.equals("*")) {
            assertThat(finding.subject()).isEqualTo(subject.replace("%s", redis.prefix()));
        }
        assertThat(finding.sentence()).startsWith(finding.subject() + " ");
        assertThat(get(jobs.repair(finding))).isTrue();
        assertThat(get(jobs.repair(finding))).as("twice").isFalse();
        assertThat(audit()).isEmpty();
        Census.holds(redis);
    }

    @Test
    void anIdIsFoundThatIsTwiceInALongList() {
        List<String> ids = get(jobs.queue("long")
                .enqueueAll(Flux.range(0, 150).map(i -> ECHO.request("x")))
                .map(handle -> handle.id().value())
                .collectList());
        redis.commands().rpush(redis.key("queue:long"), ids.get(30));

        assertThat(audit())
                .singleElement()
                .satisfies(finding -> assertThat(finding.subject()).isEqualTo(ids.get(30)));
    }

    @Test
    void whatPythonMayJustBeDoingIsReportedWhenItIsFoundAgainAMinuteLater() {
        populate();
        redis.commands().hset(redis.key("worker:py"), Map.of("birth", LONG_AGO, "queues", "q"));
        redis.commands().expire(redis.key("worker:py"), 400);
        redis.commands().sadd(redis.key("workers:q"), redis.key("worker:py"));
        run("LREM %s:queue:q 0 queued".replace("%s", redis.prefix()));
        redis.commands().zadd(redis.key("scheduled:q"), 9e9, "nobody");
        redis.commands().hset(redis.key("job:allowed"), "last_heartbeat", "2999-01-01T00:00:00.000000Z");
        redis.commands().lrem(redis.key("queue:q"), 0, "allowed");

        assertThat(audit()).isEmpty();
        assertThat(audit()).isEmpty();
        for (String missed : redis.commands().zrange(redis.key("missed"), 0, -1)) {
            redis.commands().zincrby(redis.key("missed"), -61, missed);
        }

        assertThat(audit())
                .extracting(Finding::kind, Finding::subject)
                .containsExactlyInAnyOrder(tuple(Kind.IN_NO_PLACE, "queued"), tuple(Kind.ENTRY_LEFT, "nobody"));
        assertThat(redis.ttl("missed")).isPositive();
    }

    @Test
    void findsNothingWhileProducersAndWorkersAreAtIt() {
        populate();
        BiConsumer<String, Integer> produce = (id, n) -> get(jobs.queue("busy")
                .enqueue(
                        ECHO,
                        "x",
                        job -> job.id(id + n)
                                .retry(RetryPolicy.times(1))
                                .unique(Unique.untilEnded(id + n))
                                .limit(RateLimit.concurrency("busy", 5))));
        Mono<Void> work = Mono.<Void>fromRunnable(() -> {
                    for (int n = 0; n < 150; n++) {
                        produce.accept("busy", n);
                        // so that nothing is spared for being young
                        redis.commands().hset(redis.key("job:busy" + n), "created_at", LONG_AGO);
                        redis.commands().hset(redis.key("job:busy" + n), "enqueued_at", LONG_AGO);
                        for (ClaimedJob claim : worker.claim(2, "busy")) {
                            if (n % 3 == 0) {
                                worker.fail(claim, "broken");
                            } else {
                                worker.finish(claim, "done");
                            }
                        }
                    }
                })
                .subscribeOn(Schedulers.boundedElastic());

        List<Finding> found = Flux.defer(jobs::audit)
                .repeat()
                .takeUntilOther(work)
                .collectList()
                .block(Eventually.DEADLINE.multipliedBy(3));

        assertThat(found).isEmpty();
    }

    /** One script would search it once for each of them. */
    @Test
    void searchesALongListInSeveralSteps() {
        for (int from = 0; from < 60_000; from += 10_000) {
            redis.commands()
                    .rpush(
                            redis.key("queue:long"),
                            IntStream.range(from, from + 10_000)
                                    .mapToObj(i -> "nobody" + i)
                                    .toArray(String[]::new));
        }
        for (int i = 0; i < 30; i++) {
            redis.commands()
                    .hset(
                            redis.key("job:lost" + i),
                            Map.of("status", "queued", "origin", "long", "data", "x", "created_at", LONG_AGO));
        }

        assertThat(audit().stream().filter(finding -> finding.kind() == Kind.IN_NO_PLACE))
                .extracting(Finding::subject)
                .doesNotHaveDuplicates()
                .hasSize(30);
    }

    @Test
    void readsAsMuchAsIsAskedFor() {
        for (int i = 0; i < 1000; i++) {
            redis.commands().rpush(redis.key("queue:q"), "nobody" + i);
        }
        StepVerifier.create(jobs.audit(), 2)
                .expectNextCount(2)
                .thenRequest(3)
                .expectNextCount(3)
                .thenCancel()
                .verify(Eventually.DEADLINE);
        assertThat(audit()).hasSize(1000);
    }

    /** Runs a command as it is typed. */
    private void run(String command) {
        redis.commands()
                .eval("redis.call(unpack(ARGV)) return 1", ScriptOutputType.INTEGER, new String[0], command.split(" "));
    }
}
