package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Queues that are no longer wanted. */
@ExtendWith(RedisExtension.class)
class DeleteQueueIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;
    private JobQueue queue;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
        this.queue = jobs.queue("q");
    }

    @Test
    void whatWaitsIsDeletedAndTheQueueIsNoLongerListed() {
        queue.enqueueAll(Flux.range(0, 1234).map(i -> ECHO.request("job " + i))).blockLast(Eventually.DEADLINE);
        kin.enqueue("scheduled", job -> job.delay(Duration.ofHours(1)));
        kin.enqueue("parent", job -> job.delay(Duration.ofHours(1)));
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));
        kin.enqueue("grandchild", job -> job.dependsOn(ids("child")));

        assertThat(get(queue.delete())).isTrue();

        assertThat(kin.traces()).isEmpty();
        assertThat(redis.keys()).doesNotContain("queue:q", "scheduled:q", "canceled:q");
        assertThat(jobs.queues().collectList().block()).isEmpty();
        assertThat(get(queue.delete())).as("a second time").isTrue();
    }

    @Test
    void whatAKeyHoldsBackIsDeletedWithItsQueueAndJobsOfOtherQueuesGoOnWaiting() {
        RateLimit oneAtOnce = RateLimit.concurrency("k", 1);
        RateLimit oneAnHour = RateLimit.rate("r", 1, Duration.ofHours(1));
        kin.enqueueTo("other", "holder", job -> job.limit(oneAtOnce));
        kin.enqueue("a", job -> job.limit(oneAtOnce));
        kin.enqueueTo("other", "b", job -> job.limit(oneAtOnce));
        kin.enqueue("c", job -> job.limit(oneAtOnce));
        kin.enqueueTo("paced", "first", job -> job.limit(oneAnHour));
        kin.enqueueTo("paced", "d", job -> job.limit(oneAnHour));
        worker.claim(2, "paced");
        kin.enqueue("e", job -> job.limit(oneAnHour));
        assertThat(worker.claim(1, "q")).isEmpty();
        kin.enqueue("child", job -> job.dependsOn(ids("a")));

        assertThat(get(queue.delete())).isTrue();

        assertThat(kin.traces()).allSatisfy(key -> assertThat(key).matches("(job|results):(holder|b|first|d)"));
        assertThat(jobs.limit(oneAtOnce).waiting().collectList().block()).containsExactly(ids("b"));
        assertThat(jobs.limit(oneAnHour).waiting().collectList().block()).containsExactly(ids("d"));
        assertThat(jobs.queues().collectList().block()).containsExactly("other", "paced");
        Census.holds(redis);
    }

    @Test
    void whatIsLetThroughByTheEndOfOthersIsNotLeftBehind() {
        for (String id : List.of("a", "b", "c")) {
            kin.enqueue(id, job -> job.limit(RateLimit.concurrency("k", 1)));
        }

        assertThat(get(queue.delete())).isTrue();

        assertThat(redis.keys()).containsOnly("tombstones");
    }

    @Test
    void manyThatAreHeldBackByManyKeysGoInBatches() {
        jobs.queue("other")
                .enqueueAll(Flux.range(0, 300)
                        .map(i -> ECHO.request("", job -> job.id("o" + i).limit(RateLimit.concurrency("k", 1)))))
                .blockLast(Eventually.DEADLINE);
        queue.enqueueAll(Flux.range(0, 1000)
                        .map(i -> ECHO.request("", job -> job.limit(RateLimit.concurrency("k" + i % 3, 1)))))
                .blockLast(Eventually.DEADLINE);
        queue.enqueueAll(Flux.range(0, 300).map(i -> ECHO.request("", job -> job.limit(RateLimit.concurrency("k", 1)))))
                .blockLast(Eventually.DEADLINE);

        assertThat(get(queue.delete())).isTrue();

        assertThat(get(jobs.limit(RateLimit.concurrency("k", 1)).size())).isEqualTo(299);
        assertThat(redis.commands().smembers(redis.key("rl-keys"))).containsExactly("k");
        Census.holds(redis);
    }

    @Test
    void aQueueOfWhichAJobRunsStaysListed() {
        kin.enqueue("running");
        ClaimedJob running = kin.claim("running");
        kin.enqueue("waiting");

        assertThat(get(queue.delete())).isFalse();

        assertThat(kin.exists("waiting")).isFalse();
        assertThat(jobs.queues().collectList().block()).containsExactly("q");
        worker.finish(running, "done");
        assertThat(get(queue.delete())).isTrue();
        assertThat(kin.status("running")).isEqualTo(JobStatus.FINISHED);
    }

    @Test
    void aQueueIsListedAgainWhenAJobComesToIt() {
        kin.enqueueTo("far", "parent", job -> {});
        kin.enqueue("child", job -> job.dependsOn(ids("parent")));
        redis.commands().srem(redis.key("queues"), redis.key("queue:q"));

        worker.finish(worker.claimOne("far"), "done");

        assertThat(jobs.queues().collectList().block()).containsExactly("far", "q");
    }

    @Test
    void jobsOfOtherQueuesAreLeftAlone() {
        kin.enqueueTo("other", "other", job -> {});
        kin.enqueueTo("other", "later", job -> job.delay(Duration.ofHours(1)));
        kin.enqueue("here");

        assertThat(get(queue.delete())).isTrue();

        assertThat(redis.queue("other")).containsExactly("other");
        assertThat(kin.status("later")).isEqualTo(JobStatus.SCHEDULED);
        assertThat(jobs.queues().collectList().block()).containsExactly("other");
    }
}
