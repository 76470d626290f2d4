package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.PretendWorker;
import dev.rq4j.job.RateLimit;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** A queue that somebody takes off the list while a job comes to it that a key holds back. */
@ExtendWith(RedisExtension.class)
class LimitStoreIT {

    private static final RateLimit ONE_AT_ONCE = RateLimit.concurrency("k", 1);

    @Test
    void aQueueOfWhichAKeyHoldsAJobBackIsListedAgain(JobClient jobs, RawRedis redis) {
        jobs.queue("other")
                .enqueueAll(Flux.range(0, 500).map(i -> PretendWorker.ECHO.request("", job -> job.limit(ONE_AT_ONCE))))
                .blockLast(Eventually.DEADLINE);
        jobs.queue("q")
                .enqueue(PretendWorker.ECHO, "", job -> job.limit(ONE_AT_ONCE))
                .block(Eventually.DEADLINE);
        redis.commands().srem(redis.key("queues"), redis.key("queue:q"));

        assertThat(relist(jobs, "q")).isTrue();
        assertThat(jobs.queues().collectList().block()).containsExactly("other", "q");
    }

    @Test
    void aQueueOfWhichNothingIsHeldBackStaysOffTheList(JobClient jobs, RawRedis redis) {
        jobs.queue("q")
                .enqueue(PretendWorker.ECHO, "", job -> job.limit(ONE_AT_ONCE))
                .block(Eventually.DEADLINE);
        redis.commands().srem(redis.key("queues"), redis.key("queue:q"));

        assertThat(relist(jobs, "q")).as("let through").isFalse();
        assertThat(relist(jobs, "nobody")).isFalse();
        assertThat(jobs.queues().collectList().block()).isEmpty();
    }

    private static boolean relist(JobClient jobs, String queue) {
        return PretendWorker.get(jobs.engine().limits().relist(queue));
    }
}
