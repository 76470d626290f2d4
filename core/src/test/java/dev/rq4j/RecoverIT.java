package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Recovered;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

@ExtendWith(RedisExtension.class)
class RecoverIT {

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
    void aJobWhoseWorkerDiedGoesBackToTheFrontAndIsCounted() {
        JobHandle<String> job = worker.enqueue("q");
        worker.claimAndDie(1, "q");
        JobHandle<String> next = worker.enqueue("q");

        assertThat(recover(3).queued()).containsExactly(job.id().value());

        assertThat(redis.queue("q")).containsExactly(job.id().value(), next.id().value());
        assertThat(redis.keys()).doesNotContain("wip:q");
        assertThat(redis.job(job.id()))
                .containsEntry("status", "queued")
                .containsEntry("recoveries", "1")
                .doesNotContainKey("execution_id");
        assertThat(get(job.snapshot()).attempts().recoveries()).isEqualTo(1);
        assertThat(worker.claimOne("q").recoveries()).isEqualTo(1);
    }

    @Test
    void whatWasClaimedFirstIsInFrontAgain() {
        JobHandle<String> first = worker.enqueue("q");
        worker.claimAndDie(1, "q");
        JobHandle<String> second = worker.enqueue("q");
        worker.claimAndDie(1, "q");

        recover(3);

        assertThat(redis.queue("q"))
                .containsExactly(first.id().value(), second.id().value());
    }

    @Test
    void aLeaseThatHoldsIsLeftAlone() {
        JobHandle<String> job = worker.enqueue("q");
        worker.claimOne("q");

        assertThat(recover(3)).isEqualTo(new Recovered(List.of(), List.of()));

        assertThat(redis.job(job.id())).containsEntry("status", "started");
    }

    @Test
    void aJobThatWasRecoveredTooOftenFailsAsAbandoned() {
        JobHandle<String> job = worker.enqueue("q");
        for (int i = 0; i < 2; i++) {
            worker.claimAndDie(1, "q");
            assertThat(recover(2).queued()).hasSize(1);
        }
        worker.claimAndDie(1, "q");

        assertThat(recover(2).failed()).containsExactly(job.id().value());

        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.ttl("job:" + job.id())).isCloseTo(31_536_000, within(5L));
        assertThat(redis.ttl("results:" + job.id())).isCloseTo(31_536_000, within(5L));
        assertThat(redis.score("failed:q", job.id().value())).isNotNull();
        assertThatExceptionOfType(JobException.JobFailed.class)
                .isThrownBy(() -> get(job.result()))
                .withMessageContaining("Abandoned")
                .satisfies(failed -> assertThat(failed.trace()).startsWith("Abandoned: the worker"));
    }

    @Test
    void theJobItselfCanSayHowOftenItIsRecovered() {
        JobHandle<String> never = get(jobs.queue("q").enqueue(ECHO, "", options -> options.maxRecoveries(0)));
        worker.claimAndDie(1, "q");
        JobHandle<String> often = get(jobs.queue("q").enqueue(ECHO, "", options -> options.maxRecoveries(2)));
        worker.claimAndDie(1, "q");

        Recovered recovered = recover(1);

        assertThat(recovered.failed()).containsExactly(never.id().value());
        assertThat(recovered.queued()).containsExactly(often.id().value());
        worker.claimAndDie(1, "q");
        assertThat(recover(1).queued()).containsExactly(often.id().value());
    }

    @Test
    void anAbandonedJobThatIsToBeKeptForNoTimeLeavesNothing() {
        JobHandle<String> job = get(jobs.queue("q")
                .enqueue(ECHO, "", options -> options.maxRecoveries(0).failureTtl(Duration.ZERO)));
        worker.claimAndDie(1, "q");

        assertThat(recover(1).failed()).hasSize(1);

        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void manyRecoverersAtOnceRecoverEachJobOnce() {
        List<String> ids = Stream.generate(() -> worker.enqueue("q"))
                .limit(200)
                .map(JobHandle::id)
                .map(JobId::value)
                .toList();
        assertThat(worker.claimAndDie(200, "q")).hasSize(200);

        List<String> queued = Flux.range(0, 8)
                .flatMap(i -> worker.leases().recover("q", 3))
                .flatMapIterable(Recovered::queued)
                .collectList()
                .block();

        assertThat(queued).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(redis.queue("q")).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(redis.keys()).doesNotContain("wip:q");
        assertThat(redis.hash("job:" + ids.get(7))).containsEntry("recoveries", "1");
    }

    @Test
    void aLeaseThatWasExtendedMeanwhileIsNotTaken() {
        worker.enqueue("q");
        List<ClaimedJob> claims = worker.claimAndDie(1, "q");
        worker.extend(claims);

        assertThat(recover(3)).isEqualTo(new Recovered(List.of(), List.of()));
    }

    @Test
    void anEntryOfAnEarlierExecutionDoesNotTakeTheJobFromThePresentOne() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        redis.commands().zadd(redis.key("wip:q"), 1000, job.id() + ":earlier-0");

        assertThat(recover(3)).isEqualTo(new Recovered(List.of(), List.of()));

        assertThat(redis.commands().zrange(redis.key("wip:q"), 0, -1))
                .containsExactly(claim.execution().member());
        assertThat(redis.job(job.id())).containsEntry("status", "started");
    }

    @Test
    void aJobOfAPythonWorkerIsLeftAloneUntilItsScoreHasPassed() {
        List<String> alive = List.of("bare", "full:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f");
        for (String member : alive) {
            started(member.split(":")[0]);
            redis.commands().zadd(redis.key("wip:q"), redis.now() + 45, member);
        }
        started("dead");
        redis.commands().zadd(redis.key("wip:q"), redis.now() - 1, "dead:ffffffffffffffffffffffffffffffff");
        started("dead-and-bare");
        redis.commands().zadd(redis.key("wip:q"), redis.now() - 1, "dead-and-bare");

        assertThat(recover(3).queued()).containsExactlyInAnyOrder("dead", "dead-and-bare");

        assertThat(redis.commands().zrange(redis.key("wip:q"), 0, -1)).containsExactlyInAnyOrderElementsOf(alive);
        assertThat(redis.hash("job:bare")).containsEntry("status", "started");
    }

    @Test
    void manyEntriesThatAreLeftAloneDoNotHideOneThatIsNot() {
        double soon = redis.now() + 45;
        Object[] entries = IntStream.range(0, 350)
                .boxed()
                .flatMap(i -> Stream.<Object>of(soon, "python-" + i + ":abc"))
                .toArray();
        redis.commands().zadd(redis.key("wip:q"), entries);
        JobHandle<String> job = worker.enqueue("q");
        worker.claimAndDie(1, "q");

        assertThat(recover(3).queued()).containsExactly(job.id().value());
        assertThat(redis.commands().zcard(redis.key("wip:q"))).isEqualTo(350);
    }

    @Test
    void entriesThatBelongToNoRunningJobGoAndStopNothing() {
        List<String> odd = List.of("", ":", ":no-job", "gone:x-1", "text:x-1", "ended:x-1", "a:b:c-d");
        odd.forEach(member -> redis.commands().zadd(redis.key("wip:q"), 1000, member));
        redis.commands().set(redis.key("job:text"), "not a hash");
        redis.commands().hset(redis.key("job:ended"), "status", "finished");
        JobHandle<String> job = worker.enqueue("q");
        worker.claimAndDie(1, "q");

        assertThat(recover(3).queued()).containsExactly(job.id().value());

        assertThat(redis.keys()).doesNotContain("wip:q");
        assertThat(redis.hash("job:ended")).isEqualTo(Map.of("status", "finished"));
    }

    private void started(String id) {
        redis.commands().hset(redis.key("job:" + id), Map.of("status", "started", "origin", "q", "data", "x"));
    }

    private Recovered recover(int maxRecoveries) {
        List<String> queued = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (Recovered batch : worker.leases().recover("q", maxRecoveries).toIterable()) {
            queued.addAll(batch.queued());
            failed.addAll(batch.failed());
        }
        return new Recovered(queued, failed);
    }
}
