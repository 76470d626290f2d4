package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.RateLimit;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A job that was given a turn of its key and is taken back leaves it to the next. */
@ExtendWith(RedisExtension.class)
class RateTurnIT {

    private static final Duration PERIOD = Duration.ofHours(1);

    @Test
    void theNextOneDoesNotWaitForAnotherPeriod(JobClient jobs, RawRedis redis) {
        PretendWorker worker = new PretendWorker(jobs);
        RateLimit rate = RateLimit.rate("r", 1, PERIOD);
        JobQueue queue = jobs.queue("q");
        get(queue.enqueue(ECHO, "first", job -> job.limit(rate)));
        JobHandle<String> second = get(queue.enqueue(ECHO, "second", job -> job.limit(rate)));
        JobHandle<String> third = get(queue.enqueue(ECHO, "third", job -> job.limit(rate)));
        worker.finish(worker.claimOne("q"), "done");
        assertThat(worker.claim(2, "q")).isEmpty();
        jobs.engine().times().advance(PERIOD.plusSeconds(1)).block();
        jobs.engine().times().pace().block();
        assertThat(redis.queue("q")).containsExactly(second.id().value());

        get(second.cancel());
        jobs.engine().times().pace().block();

        // no job of the key has started for a period
        assertThat(redis.queue("q")).containsExactly(third.id().value());
    }
}
