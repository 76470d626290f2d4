package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.RateLimit;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Turns of a key that has a rate: those that are not taken keep nobody waiting who could take one. */
@ExtendWith(RedisExtension.class)
class RateTurnIT {

    private static final Duration PERIOD = Duration.ofHours(1);
    private static final RateLimit RATE = RateLimit.rate("r", 1, PERIOD);

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private JobQueue queue;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.queue = jobs.queue("q");
        get(queue.enqueue(ECHO, "first", options -> options.limit(RATE)));
        worker.finish(worker.claimOne("q"), "done");
    }

    @Test
    void whoIsTakenBackLeavesItToTheNext() {
        JobHandle<String> second = enqueue("q", "second");
        JobId third = enqueue("q", "third").id();
        pass(PERIOD);
        assertThat(redis.queue("q")).containsExactly(second.id().value());

        get(second.cancel());
        pass(Duration.ofSeconds(1));

        assertThat(redis.queue("q")).containsExactly(third.value());
    }

    @Test
    void whoIsMovedLeavesNobodyBehind() {
        JobHandle<String> second = enqueue("q", "second");
        JobId third = enqueue("q", "third").id();
        pass(PERIOD);

        get(second.moveTo("elsewhere").thenReturn(true));
        pass(Duration.ofSeconds(1));

        assertThat(redis.queue("q")).containsExactly(third.value());
    }

    @Test
    void whoIsDeletedWithoutAWordIsWaitedForNoLongerThanASecond() {
        JobId second = enqueue("q", "second").id();
        JobId third = enqueue("q", "third").id();
        pass(PERIOD);

        redis.commands().del(redis.key("job:" + second.value()));
        redis.commands().lrem(redis.key("queue:q"), 0, second.value());
        pass(Duration.ofSeconds(1));

        assertThat(redis.queue("q")).containsExactly(third.value());
    }

    @Test
    void anotherQueueHasItsTurnWhileOneTakesNone() {
        enqueue("q", "second");
        enqueue("q", "third");
        pass(PERIOD);

        JobId other = enqueue("other", "of another queue").id();
        jobs.engine().times().pace().block();

        assertThat(redis.queue("other")).containsExactly(other.value());
    }

    @Test
    void aQueueInWhichThousandsWaitHidesNoOther() {
        get(queue.enqueueAll(Flux.range(0, 2500).map(i -> ECHO.request("x", job -> job.limit(RATE))))
                .count());
        assertThat(worker.claim(1, "q")).isEmpty();
        JobId other = enqueue("other", "of another queue").id();
        pass(PERIOD);

        for (int look = 0; look < 4; look++) {
            pass(Duration.ofSeconds(1));
        }

        assertThat(redis.queue("other")).containsExactly(other.value());
        assertThat(redis.queue("q")).hasSize(1);
    }

    private JobHandle<String> enqueue(String to, String input) {
        JobHandle<String> job = get(jobs.queue(to).enqueue(ECHO, input, options -> options.limit(RATE)));
        assertThat(worker.claim(1, to)).isEmpty();
        return job;
    }

    /** What became due has its turn. */
    private void pass(Duration time) {
        jobs.engine().times().advance(time.plusMillis(1)).block();
        jobs.engine().times().pace().block();
    }
}
