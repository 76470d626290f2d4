package dev.rq4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Keys under which somebody put what is none of ours: whoever needs one hears of it, and nobody else. */
@ExtendWith(RedisExtension.class)
class WrongTypesIT {

    private static final RateLimit ONE_AT_ONCE = RateLimit.concurrency("k", 1);

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

    private void spoil(String key) {
        redis.commands().del(redis.key(key));
        redis.commands().set(redis.key(key), "a string");
    }
}
