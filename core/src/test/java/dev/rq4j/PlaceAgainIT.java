package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TimeMachine;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** At which end of its queue a job waits again. */
@ExtendWith(RedisExtension.class)
class PlaceAgainIT {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aJobThatIsRequeuedForgetsWhereItsRetryWasToGo(JobClient jobs, RawRedis redis) {
        PretendWorker worker = new PretendWorker(jobs);
        JobHandle<String> job = get(jobs.queue("q")
                .enqueue(
                        ECHO,
                        "hello",
                        options -> options.atFront().retry(RetryPolicy.times(1).fixed(HOUR))));
        worker.fail(worker.claimOne("q"), "broken");
        get(job.cancel());
        get(job.requeue().thenReturn(true));
        ClaimedJob claim = worker.claimOne("q");
        Instant now = Instant.now();
        get(worker.leases().snooze(new Attempt(claim.execution(), "pretend", now, now), HOUR));
        JobHandle<String> other = worker.enqueue("q");

        TimeMachine.forward(redis, HOUR);
        get(jobs.engine().times().promote("q").thenReturn(true));

        assertThat(redis.queue("q"))
                .containsExactly(job.id().value(), other.id().value());
    }
}
