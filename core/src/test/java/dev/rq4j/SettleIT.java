package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Only the execution that holds the lease can end a job, and only once. */
@ExtendWith(RedisExtension.class)
class SettleIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void extendingMovesTheEndOfTheLease() {
        worker.enqueue("q");
        ClaimedJob claim = worker.claimAndDie(1, "q").get(0);
        assertThat(redis.score("wip:q", member(claim))).isCloseTo(redis.now() + 60, within(5.0));

        assertThat(worker.extend(List.of(claim))).containsExactly(true);

        assertThat(redis.score("wip:q", member(claim))).isCloseTo(redis.now() + 90, within(5.0));
    }

    @Test
    void extendingSaysWhichLeasesAreLostAndBringsNoneBack() {
        Stream.of("finished", "canceled", "deleted", "held", "gone").forEach(queue -> worker.enqueue(queue));
        List<ClaimedJob> claims = worker.claim(5, "finished", "canceled", "deleted", "held", "gone");
        worker.finish(claims.get(0), "done");
        get(handle(claims.get(1)).cancel());
        get(handle(claims.get(2)).delete());
        redis.commands().del(redis.key("job:" + claims.get(4).execution().job()));

        assertThat(worker.extend(claims)).containsExactly(false, false, false, true, false);

        assertThat(redis.keys())
                .contains("wip:held")
                .doesNotContain("wip:finished", "wip:canceled", "wip:deleted", "wip:gone");
        assertThat(worker.extend(List.of())).isEmpty();
    }

    @Test
    void anExecutionThatLostItsJobToAnotherChangesNothing() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob stale = worker.claimAndDie(1, "q").get(0);
        worker.leases().recover("q", 3).blockLast();
        ClaimedJob current = worker.claimOne("q");
        var before = redis.job(job.id());

        assertThat(worker.finish(stale, "stale")).isEqualTo(Settled.LOST);
        assertThat(worker.fail(stale, "stale")).isEqualTo(Settled.LOST);
        assertThat(worker.stop(stale)).isEqualTo(Settled.LOST);
        assertThat(worker.release(List.of(stale), true)).containsExactly(Settled.LOST);
        assertThat(worker.extend(List.of(stale))).containsExactly(false);

        assertThat(redis.job(job.id())).isEqualTo(before).containsEntry("status", "started");
        assertThat(redis.history(job.id())).isEmpty();
        assertThat(worker.finish(current, "mine")).isEqualTo(Settled.DONE);
        assertThat(get(job.result())).isEqualTo("mine");
    }

    @Test
    void finishingAgainBecauseTheAnswerWasLostChangesNothing() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        assertThat(worker.finish(claim, "done")).isEqualTo(Settled.DONE);
        assertThat(worker.finish(claim, "done")).isEqualTo(Settled.REPEATED);

        assertThat(redis.history(job.id())).hasSize(1);
        assertThat(get(jobs.queue("q").finished().count())).isEqualTo(1);
    }

    @Test
    void endingAJobAgainThatKeepsNothingIsStillTakenForARepetition() {
        get(jobs.queue("q").enqueue(ECHO, "", o -> o.resultTtl(Duration.ZERO).failureTtl(Duration.ZERO)));
        ClaimedJob finished = worker.claimOne("q");
        get(jobs.queue("q").enqueue(ECHO, "", o -> o.resultTtl(Duration.ZERO).failureTtl(Duration.ZERO)));
        ClaimedJob failed = worker.claimOne("q");

        assertThat(worker.finish(finished, "done")).isEqualTo(Settled.DONE);
        assertThat(worker.fail(failed, "broken")).isEqualTo(Settled.DONE);

        assertThat(worker.finish(finished, "done")).isEqualTo(Settled.REPEATED);
        assertThat(worker.fail(failed, "broken")).isEqualTo(Settled.REPEATED);
        assertThat(redis.keys()).filteredOn(key -> !key.startsWith("claimer:")).containsExactly("queues", "tombstones");
    }

    @Test
    void failingAgainBecauseTheAnswerWasLostChangesNothing() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        assertThat(worker.fail(claim, "broken")).isEqualTo(Settled.DONE);
        assertThat(worker.fail(claim, "broken")).isEqualTo(Settled.REPEATED);

        assertThat(redis.history(job.id())).hasSize(1);
    }

    @Test
    void aJobThatWasCanceledWhileItRanStaysCanceled() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        assertThat(get(job.cancel())).isTrue();

        assertThat(worker.finish(claim, "done")).isEqualTo(Settled.TAKEN_BACK);
        assertThat(worker.fail(claim, "broken")).isEqualTo(Settled.TAKEN_BACK);
        assertThat(worker.release(List.of(claim), true)).containsExactly(Settled.TAKEN_BACK);

        assertThat(get(job.status())).isEqualTo(JobStatus.CANCELED);
        assertThat(redis.keys()).doesNotContain("results:" + job.id(), "finished:q", "failed:q", "wip:q", "queue:q");
        assertThat(jobs.queue("q").canceled().ids().collectList().block()).containsExactly(job.id());
        assertThat(get(job.cancel())).isFalse();
    }

    @Test
    void nothingOfAJobComesBackThatWasDeletedWhileItRan() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        assertThat(get(job.delete())).isTrue();
        Set<String> before = redis.keys();

        assertThat(worker.finish(claim, "done").isEffective()).isFalse();
        assertThat(worker.fail(claim, "broken").isEffective()).isFalse();
        assertThat(worker.stop(claim).isEffective()).isFalse();
        assertThat(worker.release(List.of(claim), true)).noneMatch(Settled::isEffective);

        assertThat(redis.keys()).isEqualTo(before);
        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void nothingOfAJobComesBackWhoseHashPythonDeletedWhileItRan() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        redis.commands().del(redis.key("job:" + job.id()));

        assertThat(worker.finish(claim, "done")).isEqualTo(Settled.TAKEN_BACK);

        assertThat(redis.keysOf(job.id())).isEmpty();
        assertThat(redis.keys()).doesNotContain("wip:q");
    }

    @Test
    void releasedJobsGoToTheFrontInTheirOrderAndCountNoAttempt() {
        List<String> ids = enqueue(5);
        List<ClaimedJob> claims = worker.claim(3, "q");

        assertThat(worker.release(claims, true)).containsOnly(Settled.DONE);

        assertThat(redis.queue("q")).isEqualTo(ids);
        assertThat(redis.keys()).doesNotContain("wip:q");
        assertThat(redis.hash("job:" + ids.get(0)))
                .containsEntry("status", "queued")
                .containsEntry("started_at", "")
                .containsEntry("worker_name", "")
                .doesNotContainKeys("execution_id", "recoveries");
    }

    @Test
    void releasedJobsGoToTheBackInTheirOrderWhenAsked() {
        List<String> ids = enqueue(4);
        List<ClaimedJob> claims = worker.claim(2, "q");

        worker.release(claims, false);

        assertThat(redis.queue("q")).containsExactly(ids.get(2), ids.get(3), ids.get(0), ids.get(1));
        assertThat(worker.release(List.of(), true)).isEmpty();
    }

    @Test
    void releasingAnswersForEachJobInTheOrderGiven() {
        enqueue(3);
        List<ClaimedJob> claims = worker.claim(3, "q");
        get(handle(claims.get(0)).cancel());
        worker.finish(claims.get(1), "done");

        assertThat(worker.release(claims, true)).containsExactly(Settled.TAKEN_BACK, Settled.REPEATED, Settled.DONE);
        assertThat(redis.queue("q"))
                .containsExactly(claims.get(2).execution().job().value());
    }

    @Test
    void releasingTwiceQueuesOnce() {
        enqueue(1);
        ClaimedJob claim = worker.claimOne("q");

        worker.release(List.of(claim), true);
        worker.release(List.of(claim), true);

        assertThat(redis.queue("q")).hasSize(1);
    }

    @Test
    void aHistoryThatIsNoStreamDoesNotKeepAJobFromEnding() {
        JobHandle<String> job = get(jobs.queue("q").enqueue(ECHO, "", o -> o.resultTtl(Duration.ofMinutes(1))));
        redis.commands().set(redis.key("results:" + job.id()), "not a stream");

        assertThat(worker.finish(worker.claimOne("q"), "done")).isEqualTo(Settled.DONE);

        assertThat(get(job.result())).isEqualTo("done");
        assertThat(redis.ttl("results:" + job.id())).isCloseTo(60, within(5L));
    }

    private JobHandle<String> handle(ClaimedJob claim) {
        return jobs.job(claim.execution().job(), String.class);
    }

    private static String member(ClaimedJob claim) {
        return claim.execution().member();
    }

    private List<String> enqueue(int count) {
        return Stream.generate(() -> worker.enqueue("q"))
                .limit(count)
                .map(JobHandle::id)
                .map(JobId::value)
                .toList();
    }
}
