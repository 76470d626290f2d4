package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What is known of jobs, one by one and many at a time. */
@ExtendWith(RedisExtension.class)
class SnapshotIT {

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
    }

    @Test
    void aJobSaysWhichKeysItHasAndUntilWhenItMustHaveStarted() {
        RateLimit atOnce = RateLimit.concurrency("tenant", 5);
        RateLimit aMinute = RateLimit.rate("api", 10, Duration.ofMinutes(1));
        kin.enqueue(
                "a",
                job -> job.limit(atOnce)
                        .limit(aMinute)
                        .unique(Unique.untilEnded("u"))
                        .ttl(Duration.ofHours(1)));
        kin.enqueue("b", job -> job.unique(Unique.within("w", Duration.ofHours(1))));

        Job job = get(kin.job("a").snapshot());

        assertThat(job.limits()).containsExactly(atOnce, aMinute);
        assertThat(job.uniqueKey()).isEqualTo("u");
        assertThat(job.ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(job.times().expires()).isNotNull();
        assertThat(job.times().expires().toEpochMilli() / 1e3).isCloseTo(redis.now() + 3600, within(10.0));
        assertThat(get(kin.job("b").snapshot()).uniqueKey()).isEqualTo("w");
        assertThat(get(kin.job("b").snapshot()).limits()).isEmpty();
        assertThat(get(kin.job("b").snapshot()).times().expires()).isNull();
    }

    @Test
    void aJobThatRunsSaysUntilWhenItsWorkerMustGiveASignOfLife() {
        kin.enqueue("a", job -> job.ttl(Duration.ofHours(1)));
        kin.claim("a");

        Job.Times times = get(kin.job("a").snapshot()).times();

        assertThat(times.leaseEnd()).isNotNull();
        assertThat(times.leaseEnd().toEpochMilli() / 1e3).isCloseTo(redis.now() + 30, within(10.0));
        assertThat(times.heartbeat()).isNull();
        assertThat(times.expires()).as("it has started").isNull();
    }

    @Test
    void theSignOfLifeOfAPythonWorkerIsRead() {
        kin.enqueue("a");
        redis.commands()
                .hset(redis.key("job:a"), Map.of("status", "started", "last_heartbeat", "2026-11-23T05:24:29.837243Z"));

        Job.Times times = get(kin.job("a").snapshot()).times();

        assertThat(times.heartbeat()).isEqualTo(Instant.parse("2026-11-23T05:24:29.837243Z"));
        assertThat(times.leaseEnd()).isNull();
    }

    @Test
    void limitsThatCannotBeReadAreNone() {
        kin.enqueue("a");
        redis.commands()
                .hset(
                        redis.key("job:a"),
                        Map.of(
                                "rate_limit_key",
                                "k",
                                "rate_limit_concurrency",
                                "many",
                                "rate_key",
                                "r",
                                "rate_count",
                                "0"));

        assertThat(get(kin.job("a").snapshot()).limits()).isEmpty();
    }

    @Test
    void manyJobsAreReadInOrderAndThoseThatAreNotThereAreLeftOut() {
        kin.enqueue("a");
        kin.enqueue("b");
        redis.commands().set(redis.key("job:text"), "no job");

        assertThat(list(jobs.jobs(List.of(ids("b", "nobody", "text", "a")))))
                .extracting(Job::id)
                .containsExactly(ids("b", "a"));
        assertThat(list(jobs.jobs(List.of()))).isEmpty();
    }

    @Test
    void hundredsOfJobsTakeAFewSteps() {
        List<JobId> all =
                IntStream.range(0, 450).mapToObj(i -> JobId.of("j" + i)).toList();
        jobs.queue("q")
                .enqueueAll(Flux.fromIterable(all).map(id -> ECHO.request("", job -> job.id(id))))
                .blockLast(Eventually.DEADLINE);

        assertThat(list(jobs.jobs(all))).extracting(Job::id).isEqualTo(all);
        StepVerifier.create(jobs.jobs(all), 3).expectNextCount(3).thenCancel().verify(Eventually.DEADLINE);
    }

    @Test
    void largeJobsAreReadAFewAtATime() {
        List<JobId> all =
                IntStream.range(0, 12).mapToObj(i -> JobId.of("j" + i)).toList();
        all.forEach(id -> {
            kin.enqueue(id.value());
            redis.commands().hset(redis.key("job:" + id), "other", "x".repeat(1_000_000));
        });

        assertThat(list(jobs.jobs(all))).extracting(Job::id).isEqualTo(all);
    }

    @Test
    void whetherAJobExistsIsSaidAtOnce() {
        kin.enqueue("a");

        assertThat(get(kin.job("a").exists())).isTrue();
        assertThat(get(kin.job("nobody").exists())).isFalse();
    }

    private static <T> List<T> list(Flux<T> flux) {
        return flux.collectList().block(Eventually.DEADLINE);
    }
}
