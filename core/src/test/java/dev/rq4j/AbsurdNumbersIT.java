package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Schedule;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Registry;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No number that others wrote into a field that we read ends a script half-way, or lets something happen for ever. */
@ExtendWith(RedisExtension.class)
class AbsurdNumbersIT {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final RateLimit RATE = RateLimit.rate("k", 1, HOUR);

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
        this.worker = new PretendWorker(jobs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "nan", "-nan", "inf", "1e999", "-1e999", "99999999999999999999"})
    void aJobIsReleasedWholeThatRemembersNoTimeToWaitUntil(String until) {
        ClaimedJob claim = claimed();
        spoil("waited_until", until);

        assertThat(worker.release(List.of(claim), true)).containsExactly(Settled.DONE);

        assertThat(kin.queued()).containsExactly("job");
        assertThat(redis.hash("job:job")).containsEntry("status", "queued").doesNotContainKey("execution_id");
        assertThat(redis.ttl("job:job")).isEqualTo(-1);
        assertThat(worker.release(List.of(claim), true)).containsExactly(Settled.REPEATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "nan", "1e999", "-1e999"})
    void aDeferredJobIsQueuedWholeThatExpiresAtNoTime(String expires) {
        kin.enqueue("parent");
        kin.enqueue("job", job -> job.dependsOn(JobId.of("parent")));
        spoil("expires_at", expires);

        kin.finish("parent");

        assertThat(kin.queued()).containsExactly("job");
        assertThat(redis.keys()).doesNotContain("deferred:q", "job::job:dependencies", "deadlines");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "nan", "1e999"})
    void aWaitingJobThatExpiresAtNoTimeIsLookedAtOnce(String expires) {
        kin.enqueue("job", job -> job.ttl(HOUR));
        spoil("expires_at", expires);
        redis.commands().zadd(redis.key("deadlines"), redis.now() - 1, "job");

        jobs.engine().times().expire().block(Eventually.DEADLINE);

        assertThat(kin.queued()).containsExactly("job");
        assertThat(redis.keys()).doesNotContain("deadlines");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nan", "-1e999", "-5", "x", "1e999"})
    void noCountOfRetriesLetsAJobAskForEver(String count) {
        ClaimedJob claim = claimed();
        spoil("number_of_retries", count);

        int asked = 1;
        for (Settled answer = askForAnother(claim); answer == Settled.AGAIN && asked < 6; asked++) {
            answer = askForAnother(worker.claimOne("q"));
        }

        assertThat(asked).isEqualTo(4);
        assertThat(kin.status("job")).isEqualTo(JobStatus.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nan", "-1e999", "-5", "x", "1e999"})
    void noCountOfRecoveriesLetsAJobKillWorkersForEver(String count) {
        kin.enqueue("job");
        worker.claimAndDie(1, "q");
        spoil("recoveries", count);

        int died = 0;
        for (boolean failed = false; !failed && died < 5; died++) {
            if (died > 0) {
                worker.claimAndDie(1, "q");
            }
            failed = !worker.leases()
                    .recover("q", 3)
                    .blockLast(Eventually.DEADLINE)
                    .failed()
                    .isEmpty();
        }

        assertThat(died).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nan", "-1e999", "-5", "x", "1e999", "1.5"})
    void aJobIsRepeatedWholeWhateverWasCounted(String count) {
        kin.enqueue(
                "job",
                job -> job.retry(RetryPolicy.times(2)).repeat(Repeat.times(1).every(HOUR)));
        ClaimedJob claim = worker.claimOne("q");
        for (String field : List.of("repeats", "failures", "retries_left")) {
            spoil(field, count);
        }

        assertThat(worker.finish(claim, "done")).isEqualTo(Settled.AGAIN);

        assertThat(kin.status("job")).isEqualTo(JobStatus.SCHEDULED);
        assertThat(redis.keys()).doesNotContain("wip:q").contains("scheduled:q");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nan", "-1e999", "x", "1e999", "1.5"})
    void aJobIsTriedAgainAndQueuedAgainWhateverWasCounted(String count) {
        kin.enqueue("job", job -> job.retry(RetryPolicy.times(1)));
        ClaimedJob claim = worker.claimOne("q");
        spoil("failures", count);

        assertThat(worker.fail(claim, "broken")).isEqualTo(Settled.AGAIN);
        kin.fail("job");
        spoil("failures", count);
        spoil("retries_left", count);
        kin.job("job").requeue().block(Eventually.DEADLINE);

        assertThat(kin.queued()).containsExactly("job");
        assertThat(redis.keys()).doesNotContain("failed:q");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "nan", "inf", "1e999", "-5", "9223372036854775807"})
    void aRateGoesOnWhateverItsStartsSay(String start) {
        List.of("first", "second").forEach(id -> kin.enqueue(id, job -> job.limit(RATE)));
        kin.finish("first");
        redis.commands().lset(redis.key("rate:k"), 0, start);
        assertThat(worker.claim(1, "q")).hasSizeLessThan(2);

        pass(HOUR);

        assertThat(kin.status("second")).isIn(JobStatus.QUEUED, JobStatus.STARTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "nan", "1e999", "-5", "1.5", "99999999999999999999"})
    void aRateGoesOnHoweverManyWerePassedOver(String count) {
        List.of("first", "second").forEach(id -> kin.enqueue(id, job -> job.limit(RATE)));
        kin.finish("first");
        assertThat(worker.claim(1, "q")).isEmpty();
        redis.commands().hset(redis.key("rate:k:turns"), "", count);

        pass(HOUR);
        pass(Duration.ofSeconds(1));

        assertThat(kin.queued()).containsExactly("second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "nan", "1e999"})
    void whoWaitsForATurnWaitsThoughItsPlaceIsNone(String place) {
        List.of("first", "job").forEach(id -> kin.enqueue(id, job -> job.limit(RATE)));
        kin.finish("first");
        spoil("rate_turn", "1");
        spoil("rate_place", place);

        assertThat(worker.claim(1, "q")).isEmpty();

        assertThat(kin.status("job")).isEqualTo(JobStatus.RATE_LIMITED);
        assertThat(redis.score("rate:k:waiting", "job")).isNotNull();
        pass(HOUR);
        assertThat(kin.queued()).containsExactly("job");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e300, 9223372036854775807d, -1e300})
    void aRegistryIsTrimmedWhateverItsScores(double score) {
        kin.enqueue("job");
        kin.finish("job");
        redis.commands().persist(redis.key("finished:q"));
        redis.commands().zadd(redis.key("finished:q"), score, "others");

        jobs.engine().queues().trim(Registry.FINISHED, "q").block(Eventually.DEADLINE);

        assertThat(redis.score("finished:q", "job")).isNotNull();
        assertThat(redis.ttl("finished:q")).isNotEqualTo(-2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "nan", "1e999", ""})
    void aCronEntryIsPutAnewWhateverRunWasPlanned(String planned) {
        CronEntry entry = CronEntry.of("nightly", Schedule.every(HOUR), "q", ECHO.request("tick"));
        get(jobs.cron().put(entry));
        redis.commands().hset(redis.key("cron:nightly"), "planned", planned);

        CronStatus status = get(jobs.cron().put(entry));

        assertThat(status.runs().next())
                .isBetween(Instant.now().minus(HOUR), Instant.now().plus(HOUR));
    }

    private ClaimedJob claimed() {
        kin.enqueue("job");
        return worker.claimOne("q");
    }

    private Settled askForAnother(ClaimedJob claim) {
        Attempt attempt = new Attempt(claim.execution(), "pretend", Instant.now(), Instant.now());
        return get(worker.leases().retry(attempt, "not yet", RetryPolicy.times(3), List.of()));
    }

    private void pass(Duration time) {
        jobs.engine().times().advance(time.plusMillis(1)).block(Eventually.DEADLINE);
        jobs.engine().times().pace().block(Eventually.DEADLINE);
    }

    private void spoil(String field, String value) {
        redis.commands().hset(redis.key("job:job"), field, value);
    }
}
