package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The first attempt at a request is still under way, in the buffers of a network that was cut, when the second is answered,
 * and arrives after it: what TCP does when a client gives a connection up whose bytes are sent again later.
 */
@ExtendWith(RedisExtension.class)
class LateFirstAttemptIT {

    private RawRedis redis;
    private PretendWorker worker;
    private final TcpProxy proxy = new TcpProxy(RedisExtension.uri());
    private JobClient jobs;
    private JobQueue queue;

    @BeforeEach
    void connect(JobClient direct, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(direct);
        this.jobs = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        this.queue = jobs.queue("q");
        get(queue.enqueue(ECHO, "warm", job -> job.id("warm")).flatMap(JobHandle::delete));
    }

    @AfterEach
    void disconnect() {
        RedisExtension.close(jobs);
        proxy.close();
    }

    @Test
    void aJobThatIsGoneBeforeItsFirstRequestArrivesIsNotEnqueuedAgain() {
        proxy.holdRequest();
        JobId id = get(queue.enqueue(ECHO, "hello", job -> job.resultTtl(Duration.ZERO)))
                .id();
        worker.finish(worker.claimOne("q"), "done");
        assertThat(redis.keysOf(id)).isEmpty();

        proxy.deliverHeld();

        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.keysOf(id)).isEmpty();
    }

    @Test
    void aJobWithAnIdOfItsOwnThatIsGoneIsNotEnqueuedAgain() {
        proxy.holdRequest();
        get(queue.enqueue(ECHO, "hello", job -> job.id("mine").resultTtl(Duration.ZERO)));
        worker.finish(worker.claimOne("q"), "done");

        proxy.deliverHeld();

        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void aLateRequestDoesNotTakeThePlaceOfANewerJobOfItsId() {
        proxy.holdRequest();
        get(queue.enqueue(ECHO, "old", job -> job.id("mine").ifExists(IfExists.REPLACE)));
        get(queue.enqueue(ECHO, "new", job -> job.id("mine").ifExists(IfExists.REPLACE)));
        String newer = redis.job(JobId.of("mine")).get("data");

        proxy.deliverHeld();

        assertThat(redis.job(JobId.of("mine"))).containsEntry("data", newer);
    }

    @Test
    void aLateRequestDoesNotTakeTheKeyOfANewerJob() {
        proxy.holdRequest();
        get(queue.enqueue(ECHO, "old", job -> job.unique(Unique.debounce("k"))));
        JobId newer = get(queue.enqueue(ECHO, "new", job -> job.unique(Unique.debounce("k"))))
                .id();

        proxy.deliverHeld();

        assertThat(redis.queue("q")).containsExactly(newer.value());
    }

    @Test
    void aLateRequestDoesNotQueueAJobAgainThatFailedSince() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello"));
        worker.fail(worker.claimOne("q"), "broken");
        proxy.holdRequest();
        job.requeue().block(Eventually.DEADLINE);
        worker.fail(worker.claimOne("q"), "broken again");

        proxy.deliverHeld();

        assertThat(get(job.status())).isEqualTo(JobStatus.FAILED);
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void aLateRequestDoesNotRescheduleAJobThatHasAnotherTimeSince() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello", options -> options.delay(Duration.ofHours(1))));
        proxy.holdRequest();
        job.reschedule(Duration.ofHours(2)).block(Eventually.DEADLINE);
        job.reschedule(Duration.ofHours(5)).block(Eventually.DEADLINE);

        proxy.deliverHeld();

        assertThat(redis.score("scheduled:q", job.id().value())).isGreaterThan(redis.now() + 4 * 3600);
    }

    @Test
    void aLateRequestDoesNotFreeTheKeyOfANewerJob() {
        get(queue.enqueue(ECHO, "old", job -> job.unique(Unique.untilEnded("k"))));
        proxy.holdRequest();
        assertThat(get(jobs.unique("k").free())).isTrue();
        JobId newer = get(queue.enqueue(ECHO, "new", job -> job.unique(Unique.untilEnded("k"))))
                .id();

        proxy.deliverHeld();

        assertThat(get(jobs.unique("k").holder())).isEqualTo(newer);
    }

    @Test
    void norDoesOneThatFoundNobodyWhenItWasSentAgain() {
        proxy.holdRequest();
        assertThat(get(jobs.unique("k").free())).isFalse();
        JobId newer = get(queue.enqueue(ECHO, "new", job -> job.unique(Unique.untilEnded("k"))))
                .id();

        proxy.deliverHeld();

        assertThat(get(jobs.unique("k").holder())).isEqualTo(newer);
    }
}
