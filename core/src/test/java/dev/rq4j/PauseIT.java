package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Claims;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a paused queue, and suspended work, give out and take in. */
@ExtendWith(RedisExtension.class)
class PauseIT {

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
    }

    @Test
    void aPausedQueueTakesEverythingInAndGivesNothingOut() {
        run(queue.pause());
        worker.enqueue("q");

        Claims claims = claim(10, "q");

        assertThat(claims.jobs()).isEmpty();
        assertThat(claims.paused()).containsExactly("q");
        assertThat(claims.suspended()).isFalse();
        assertThat(get(queue.size())).isEqualTo(1);

        run(queue.resume());
        assertThat(claim(10, "q").jobs()).hasSize(1);
        assertThat(claim(10, "q").paused()).isEmpty();
    }

    @Test
    void itsPauseIsNobodyElses() {
        run(queue.pause());
        worker.enqueue("q");
        worker.enqueue("first");
        worker.enqueue("last");

        Claims claims = claim(10, "first", "q", "last");

        assertThat(claims.jobs()).extracting(job -> job.execution().queue()).containsExactly("first", "last");
        assertThat(claims.paused()).containsExactly("q");
    }

    @Test
    void pausingAndResumingTwiceIsTheSameAsOnce() {
        assertThat(get(queue.isPaused())).isFalse();
        run(queue.pause());
        run(queue.pause());
        run(jobs.queue("other").pause());
        assertThat(get(queue.isPaused())).isTrue();
        assertThat(redis.commands().smembers(redis.key("paused"))).containsExactlyInAnyOrder("q", "other");

        run(queue.resume());
        run(queue.resume());
        assertThat(get(queue.isPaused())).isFalse();
        assertThat(get(jobs.queue("other").isPaused())).isTrue();

        run(jobs.queue("other").resume());
        assertThat(redis.keys()).doesNotContain("paused");
    }

    @Test
    void whatRunsGoesOnAndWhatIsTriedAgainWaits() {
        get(queue.enqueue(ECHO, "hello", job -> job.retry(RetryPolicy.times(1))));
        worker.enqueue("q");
        ClaimedJob failing = worker.claimOne("q");
        ClaimedJob finishing = worker.claimOne("q");
        run(queue.pause());

        assertThat(worker.extend(List.of(failing, finishing))).containsOnly(true);
        assertThat(worker.finish(finishing, "done")).isEqualTo(Settled.DONE);
        worker.fail(failing, "broken");

        assertThat(redis.queue("q")).containsExactly(PretendWorker.idOf(failing));
        assertThat(claim(10, "q").jobs()).isEmpty();
        run(queue.resume());
        assertThat(worker.claimOne("q").execution().job())
                .isEqualTo(failing.execution().job());
    }

    @Test
    void aScheduledJobWhoseTimeComesWaits() {
        get(queue.enqueue(ECHO, "hello", job -> job.delay(Duration.ofMillis(1))));
        run(queue.pause());

        Eventually.holds(() -> {
            jobs.engine().times().promote("q").block(Eventually.DEADLINE);
            assertThat(redis.queue("q")).hasSize(1);
        });
        assertThat(claim(10, "q").jobs()).isEmpty();
    }

    @Test
    void aPauseThatNobodyCanReadIsNone() {
        redis.commands().set(redis.key("paused"), "not a set");
        worker.enqueue("q");

        assertThat(claim(1, "q").jobs()).hasSize(1);
    }

    @Test
    void suspendedWorkIsThatOfAllQueuesPausedOrNot() {
        assertThat(get(jobs.isSuspended())).isFalse();
        run(queue.pause());
        run(jobs.suspend());
        worker.enqueue("q");
        worker.enqueue("other");

        assertThat(get(jobs.isSuspended())).isTrue();
        Claims claims = claim(10, "q", "other");
        assertThat(claims.jobs()).isEmpty();
        assertThat(claims.suspended()).isTrue();
        assertThat(redis.ttl("suspended")).isEqualTo(-1);

        run(jobs.resume());
        assertThat(get(jobs.isSuspended())).isFalse();
        assertThat(claim(10, "q", "other").jobs())
                .extracting(job -> job.execution().queue())
                .containsExactly("other");
    }

    @Test
    void workIsSuspendedForATime() {
        run(jobs.suspend(Duration.ofNanos(1)));
        Eventually.holds(() -> assertThat(get(jobs.isSuspended())).isFalse());

        run(jobs.suspend(Duration.ofHours(1)));
        assertThat(redis.ttl("suspended")).isBetween(3590L, 3600L);

        run(jobs.suspend());
        assertThat(redis.ttl("suspended")).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT876001H"})
    void workCannotBeSuspendedForThisLong(String duration) {
        StepVerifier.create(jobs.suspend(Duration.parse(duration)))
                .expectError(JobException.Invalid.class)
                .verify(Eventually.DEADLINE);
        assertThat(redis.keys()).isEmpty();
    }

    private Claims claim(int count, String... queues) {
        return worker.claim(worker.request(count, Duration.ofSeconds(30), queues));
    }

    private static void run(Mono<Void> command) {
        command.block(Eventually.DEADLINE);
    }
}
