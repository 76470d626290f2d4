package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys under which somebody put what is none of ours: whoever needs one hears of it, and nobody else. */
@ExtendWith(RedisExtension.class)
class WrongTypesIT {

    private static final RateLimit ONE_AT_ONCE = RateLimit.concurrency("k", 1);
    private static final RateLimit ONE_AN_HOUR = RateLimit.rate("k", 1, Duration.ofHours(1));

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
    }

    @ParameterizedTest
    @MethodSource("needed")
    void nothingIsLeftOfAJobThatNeedsSuchAKey(String key, Consumer<JobOptions.Builder> options) {
        kin.enqueue("parent", job -> job.group("family"));
        spoil(key);

        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(JobException.ServerError.class)
                    .isThrownBy(() -> kin.enqueue("child", options))
                    .withMessageContaining("WRONGTYPE");
        }

        assertThat(redis.keys())
                .containsOnlyOnce("job:parent")
                .noneMatch(found -> found.contains("child"))
                .doesNotContain("deferred:q");
        assertThat(kin.queued()).containsExactly("parent");
    }

    static Stream<Arguments> needed() {
        return Stream.of(
                needs("rl-keys", job -> job.limit(ONE_AT_ONCE)),
                needs("rl:k", job -> job.limit(ONE_AT_ONCE)),
                needs("rl:k:rate_limited", job -> job.limit(ONE_AT_ONCE)),
                needs("rl:k:allowed", job -> job.limit(ONE_AT_ONCE)),
                needs("rate:k:waiting", job -> job.limit(ONE_AN_HOUR)),
                needs("rate:k", job -> job.limit(ONE_AN_HOUR)),
                needs("rate:k:turns", job -> job.limit(ONE_AN_HOUR)),
                needs("rates", job -> job.limit(ONE_AN_HOUR)),
                needs("groups", job -> job.group("g")),
                needs("group:g", job -> job.group("g")),
                needs("deadlines", job -> job.ttl(Duration.ofHours(1))),
                needs("resolving", job -> job.dependsOn(JobId.of("parent"))),
                needs("job:parent:dependents", job -> job.dependsOn(JobId.of("parent"))));
    }

    private static Arguments needs(String key, Consumer<JobOptions.Builder> options) {
        return Arguments.of(key, options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group:g", "rl:k:rate_limited", "rl:k:allowed", "rl-keys", "deferred:q", "ready:q"})
    void aJobStaysAsItIsWhenOneCannotComeInItsPlaceForSuchAKey(String key) {
        kin.enqueue("mine", job -> job.group("g").limit(ONE_AT_ONCE).unique(Unique.untilEnded("u")));
        spoil(key);

        refusesToReplaceMine();
    }

    @ParameterizedTest
    @ValueSource(strings = {"group:of-callbacks", "deferred:alarms"})
    void aJobStaysAsItIsWhenItsCallbacksCannotGoForSuchAKey(String key) {
        kin.enqueue(
                "mine",
                job -> job.onFailure("alarms", ECHO.request("failed", callback -> callback.group("of-callbacks"))));
        spoil(key);

        refusesToReplaceMine();
        assertThat(redis.keys()).contains("job:mine:dependents");
    }

    @Test
    void aDeferredJobThatNeedsOneKeepsNoOtherFromBeingLookedAfter() {
        kin.enqueue("one");
        kin.enqueue("other");
        kin.enqueue("a", job -> job.dependsOn(JobId.of("one")).limit(ONE_AT_ONCE));
        kin.enqueue("b", job -> job.dependsOn(JobId.of("other")));
        spoil("rl:k");
        // as Python deletes jobs: without a word
        redis.commands().del(redis.key("job:one"), redis.key("job:other"));

        kin.tend();

        assertThat(kin.status("b")).isEqualTo(JobStatus.QUEUED);
        assertThat(kin.status("a")).isEqualTo(JobStatus.DEFERRED);

        redis.commands().del(redis.key("rl:k"));
        kin.tend();

        assertThat(kin.status("a")).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void aLimitThatHasOneKeepsNoOtherFromGettingItsRoomBack() {
        RateLimit spoilt = RateLimit.concurrency("spoilt", 1);
        kin.enqueue("a", job -> job.limit(spoilt));
        kin.enqueue("b", job -> job.limit(ONE_AT_ONCE));
        kin.enqueue("c", job -> job.limit(ONE_AT_ONCE));
        spoil("rl:spoilt:allowed");
        redis.commands().del(redis.key("job:b"));

        jobs.engine().times().vacate().block(Eventually.DEADLINE);

        assertThat(kin.status("c")).isEqualTo(JobStatus.QUEUED);
    }

    /** And leaves it as it is. */
    private void refusesToReplaceMine() {
        Map<String, String> before = redis.job(JobId.of("mine"));

        assertThatExceptionOfType(JobException.ServerError.class)
                .isThrownBy(() -> kin.enqueue("mine", job -> job.ifExists(IfExists.REPLACE)))
                .withMessageContaining("WRONGTYPE");

        assertThat(redis.job(JobId.of("mine"))).isEqualTo(before);
        assertThat(kin.queued()).containsExactly("mine");
    }

    private void spoil(String key) {
        redis.commands().del(redis.key(key));
        redis.commands().set(redis.key(key), "a string");
    }
}
