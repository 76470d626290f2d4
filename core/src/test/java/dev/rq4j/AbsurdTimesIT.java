package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Due;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No time, whoever wrote it, ends a script half-way. */
@ExtendWith(RedisExtension.class)
class AbsurdTimesIT {

    private static final Duration HOUR = Duration.ofHours(1);

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void start(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void aJobThatIsPutOffForEverIsInOnePlace() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        Attempt attempt = new Attempt(claim.execution(), "pretend", Instant.now(), Instant.now());

        assertThat(get(worker.leases().snooze(attempt, ChronoUnit.FOREVER.getDuration())))
                .isEqualTo(Settled.AGAIN);

        assertThat(get(job.status())).isEqualTo(JobStatus.SCHEDULED);
        assertThat(redis.commands().zcard(redis.key("wip:q"))).isZero();
        assertThat(redis.score("scheduled:q", job.id().value()) - redis.now())
                .isCloseTo(Duration.ofDays(3650).toSeconds(), within(60.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inf", "1e300", "9223372036854775807"})
    void aJobThatOthersScheduledForEverCanBeMovedAndKeepsNobodyBusy(String time) {
        JobHandle<String> job = get(jobs.queue("q").enqueue(PretendWorker.ECHO, "", later -> later.delay(HOUR)));
        redis.commands()
                .zadd(
                        redis.key("scheduled:q"),
                        Double.parseDouble(time.replace("inf", "Infinity")),
                        job.id().value());

        job.moveTo("other").block();

        assertThat(redis.commands().zcard(redis.key("scheduled:q"))).isZero();
        assertThat(redis.commands().zcard(redis.key("scheduled:other"))).isEqualTo(1);
        assertThat(redis.ttl("scheduled:other")).isPositive();
        Due due = get(jobs.engine().times().due(List.of("other")));
        assertThat(due.queues()).isEmpty();
        assertThat(due.next()).isGreaterThan(Duration.ofDays(3650));
    }
}
