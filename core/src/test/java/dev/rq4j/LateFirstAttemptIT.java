package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.function.Consumer;
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
    void aLateRequestThatWasRefusedDoesNotQueueAJobThatFailedSince() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello"));
        proxy.holdRequest();
        assertThatThrownBy(() -> job.requeue().block(Eventually.DEADLINE)).isInstanceOf(JobException.class);
        worker.fail(worker.claimOne("q"), "broken");

        proxy.deliverHeld();

        assertThat(get(job.status())).isEqualTo(JobStatus.FAILED);
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void aLateRequestThatWasRefusedDoesNotRescheduleAJobThatIsScheduledSince() {
        JobId id = JobId.of("mine");
        JobHandle<String> absent = jobs.job(id, ECHO);
        proxy.holdRequest();
        assertThatThrownBy(() -> absent.reschedule(Duration.ofHours(2)).block(Eventually.DEADLINE))
                .isInstanceOf(JobException.NoSuchJob.class);
        get(queue.enqueue(ECHO, "hello", job -> job.id(id).delay(Duration.ofHours(5))));

        proxy.deliverHeld();

        assertThat(redis.score("scheduled:q", id.value())).isGreaterThan(redis.now() + 4 * 3600);
    }

    @Test
    void aLateRequestDoesNotCancelAJobThatWasQueuedAgainSince() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello"));
        proxy.holdRequest();
        assertThat(get(job.cancel())).isTrue();
        job.requeue().block(Eventually.DEADLINE);

        proxy.deliverHeld();

        assertThat(get(job.status())).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void aLateRequestDoesNotDeleteAJobThatWasMadeAgainSince() {
        assertKeepsTheNewer(job -> assertThat(get(job.delete())).isTrue());
    }

    @Test
    void aLateRequestDoesNotRemoveAJobThatWasMadeAgainSince() {
        assertKeepsTheNewer(job -> assertThat(get(queue.remove(job.id()))).isTrue());
    }

    @Test
    void aLateRequestDoesNotShortenHowLongAJobIsKeptSince() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello"));
        proxy.holdRequest();
        job.retain(Duration.ofMinutes(1)).block(Eventually.DEADLINE);
        job.retain(Duration.ofHours(1)).block(Eventually.DEADLINE);

        proxy.deliverHeld();

        assertThat(redis.job(job.id())).containsEntry("result_ttl", "3600");
    }

    @Test
    void aLateRequestDoesNotMoveAJobThatWasMovedBackSince() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello"));
        proxy.holdRequest();
        job.moveTo("other").block(Eventually.DEADLINE);
        job.moveTo("q").block(Eventually.DEADLINE);

        proxy.deliverHeld();

        assertThat(redis.queue("q")).containsExactly(job.id().value());
    }

    @Test
    void aLateRequestDoesNotPauseAQueueThatWasResumedSince() {
        proxy.holdRequest();
        queue.pause().block(Eventually.DEADLINE);
        queue.resume().block(Eventually.DEADLINE);

        proxy.deliverHeld();

        assertThat(get(queue.isPaused())).isFalse();
    }

    @Test
    void aLateRequestDoesNotResumeAQueueThatWasPausedSince() {
        queue.pause().block(Eventually.DEADLINE);
        proxy.holdRequest();
        queue.resume().block(Eventually.DEADLINE);
        queue.pause().block(Eventually.DEADLINE);

        proxy.deliverHeld();

        assertThat(get(queue.isPaused())).isTrue();
    }

    @Test
    void aLateRequestDoesNotRemoveACronEntryThatWasPutSince() {
        CronEntry entry = CronEntry.of("e", Schedule.every(Duration.ofDays(1)), "q", ECHO.request("hello"));
        get(jobs.cron().put(entry));
        proxy.holdRequest();
        assertThat(get(jobs.cron().remove("e"))).isTrue();
        get(jobs.cron().put(entry));

        proxy.deliverHeld();

        assertThat(get(jobs.cron().get("e")).name()).isEqualTo("e");
    }

    @Test
    void onlyRequestsThatAreSentAgainAreRemembered() {
        JobHandle<String> job = get(queue.enqueue(ECHO, "hello"));
        get(job.cancel());
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("attempt:"));

        proxy.holdRequest();
        get(job.delete());

        assertThat(redis.keys())
                .filteredOn(key -> key.startsWith("attempt:"))
                .singleElement()
                .satisfies(key -> assertThat(redis.ttl(key)).isBetween(1L, 60L));
    }

    private void assertKeepsTheNewer(Consumer<JobHandle<String>> removal) {
        JobHandle<String> old = get(queue.enqueue(ECHO, "old", job -> job.id("mine")));
        proxy.holdRequest();
        removal.accept(old);
        get(queue.enqueue(ECHO, "new", job -> job.id("mine")));

        proxy.deliverHeld();

        assertThat(redis.queue("q")).containsExactly("mine");
        assertThat(get(old.status())).isEqualTo(JobStatus.QUEUED);
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
