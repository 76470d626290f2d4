package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;

/** Scheduled jobs that are to run at another time. */
@ExtendWith(RedisExtension.class)
class RescheduleIT {

    private static final Duration HOUR = Duration.ofHours(1);

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
    }

    @AfterEach
    void everythingIsInItsPlace() {
        Census.holds(redis);
    }

    @Test
    void aJobIsPutOffByTheClockOfRedis() {
        kin.enqueue("a", job -> job.delay(HOUR));

        kin.job("a").reschedule(Duration.ofHours(5)).block();

        assertThat(redis.score("scheduled:q", "a")).isCloseTo(redis.now() + 5 * 3600, within(10.0));
        assertThat(kin.status("a")).isEqualTo(JobStatus.SCHEDULED);
        assertThat(redis.ttl("scheduled:q")).isGreaterThan(5 * 3600);
    }

    @Test
    void aJobGetsATimeOfTheClock() {
        kin.enqueue("a", job -> job.delay(HOUR));
        Instant time = Instant.parse("2150-01-01T00:00:00.123Z");

        kin.job("a").reschedule(time).block();

        assertThat(get(kin.job("a").snapshot()).times().notBefore()).isEqualTo(time);
        assertThat(redis.score("scheduled:q", "a")).isEqualTo(time.toEpochMilli() / 1e3);
    }

    @Test
    void noDelayAndATimeThatIsPastAreAtOnce() {
        kin.enqueue("a", job -> job.delay(HOUR));
        kin.enqueue("b", job -> job.delay(HOUR).atFront());

        kin.job("a").reschedule(Duration.ZERO).block();
        kin.job("b").reschedule(Instant.now().minus(HOUR)).block();

        assertThat(kin.queued()).containsExactly("b", "a");
        assertThat(redis.job(JobId.of("a"))).doesNotContainKey("not_before").containsEntry("status", "queued");
        assertThat(redis.keys()).doesNotContain("scheduled:q");
    }

    @Test
    void aJobThatIsToRunAtOnceKeepsToTheLimitOfItsKey() {
        kin.enqueue("a", job -> job.limit(RateLimit.concurrency("k", 1)));
        kin.enqueue("b", job -> job.limit(RateLimit.concurrency("k", 1)).delay(HOUR));

        kin.job("b").reschedule(Duration.ZERO).block();

        assertThat(kin.status("b")).isEqualTo(JobStatus.RATE_LIMITED);
    }

    @Test
    void itHoldsItsUniqueKeyUntilThen() {
        Duration years = Duration.ofDays(3000);
        kin.enqueue("a", job -> job.delay(HOUR).unique(Unique.untilEnded("k")));

        kin.job("a").reschedule(years).block();

        assertThat(redis.ttl("unique:k")).isGreaterThan(years.toSeconds());
    }

    @Test
    void theKeyThatAnotherHasSinceIsNotHeldForIt() {
        Duration years = Duration.ofDays(3000);
        kin.enqueue("a", job -> job.delay(HOUR).unique(Unique.untilEnded("k")));
        get(jobs.unique("k").free());
        kin.enqueue("b", job -> job.unique(Unique.untilEnded("k")));

        kin.job("a").reschedule(years).block();

        assertThat(redis.ttl("unique:k")).isLessThan(years.toSeconds());
    }

    @Test
    void theTimeThatItMayWaitIsNotChanged() {
        kin.enqueue("a", job -> job.delay(HOUR).ttl(Duration.ofHours(2)));
        Instant expires = get(kin.job("a").snapshot()).times().expires();

        kin.job("a").reschedule(Duration.ofHours(5)).block();

        assertThat(get(kin.job("a").snapshot()).times().expires()).isNotNull().isEqualTo(expires);
    }

    @Test
    void whoeverListensAndWhoeverPromotesIsTold() {
        kin.enqueue("a", job -> job.delay(HOUR));
        Heard heard = Heard.all(jobs.queue("q").events());
        heard.await(1);
        boolean[] woken = {false};
        Disposable listener = jobs.engine().times().wakes().subscribe(wake -> woken[0] = true);
        String channel = redis.key("wake");
        Eventually.holds(() ->
                assertThat(redis.commands().pubsubNumsub(channel).get(channel)).isEqualTo(1));

        kin.job("a").reschedule(Duration.ofMillis(300)).block();

        heard.await("missed -1", "scheduled");
        Eventually.holds(() -> assertThat(woken[0]).isTrue());
        listener.dispose();
        heard.cancel();
    }

    @Test
    void onlyScheduledJobsCanBeRescheduled() {
        kin.enqueue("queued");
        kin.enqueue("deferred", job -> job.dependsOn(ids("queued")));

        assertThatExceptionOfType(JobException.WrongStatus.class)
                .isThrownBy(() -> kin.job("queued").reschedule(HOUR).block())
                .withMessage("to be rescheduled, job queued must be scheduled, but is queued");
        assertThatExceptionOfType(JobException.WrongStatus.class)
                .isThrownBy(() -> kin.job("deferred").reschedule(Instant.now()).block());
        assertThatExceptionOfType(JobException.NoSuchJob.class)
                .isThrownBy(() -> kin.job("nobody").reschedule(HOUR).block());
    }

    @Test
    void timesThatCannotBeAreRefused() {
        kin.enqueue("a", job -> job.delay(HOUR));
        Double due = redis.score("scheduled:q", "a");

        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(
                        () -> kin.job("a").reschedule(Duration.ofSeconds(-1)).block());
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> kin.job("a").reschedule(Duration.ofDays(4000)).block());
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> kin.job("a").reschedule(Instant.MAX).block());
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> kin.job("a").reschedule((Duration) null).block());
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> kin.job("a").reschedule((Instant) null).block());

        assertThat(redis.score("scheduled:q", "a")).isEqualTo(due);
    }
}
