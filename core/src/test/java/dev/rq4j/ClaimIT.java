package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Claims;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RedisExtension.class)
class ClaimIT {

    private static final Duration LEASE = Duration.ofSeconds(30);

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
    void leasesTheJobAndMarksItStartedInOneStep() {
        JobHandle<String> job = worker.enqueue("q");
        redis.commands().expire(redis.key("job:" + job.id()), 50);

        ClaimedJob claim = worker.claimOne("q");

        assertThat(claim.execution().job()).isEqualTo(job.id());
        assertThat(claim.execution().queue()).isEqualTo("q");
        assertThat(claim.timeout()).isEqualTo(Duration.ofMinutes(3));
        assertThat(claim.description()).isEqualTo("tests.echo");
        assertThat(claim.enqueuedAt()).isNotNull();
        assertThat(claim.recoveries()).isZero();
        assertThat(jobs.engine().codec().decodeCall(claim.payload()).task()).isEqualTo("tests.echo");
        assertThat(claim.payloadSize()).isEqualTo(claim.payload().length);
        assertThat(redis.queue("q")).isEmpty();
        assertThat(redis.score("wip:q", claim.execution().member())).isCloseTo(redis.now() + 90, within(5.0));
        assertThat(redis.ttl("job:" + job.id())).as("no expiry while it runs").isEqualTo(-1);
        assertThat(redis.job(job.id()))
                .containsEntry("status", "started")
                .containsEntry("worker_name", "pretend")
                .containsEntry("execution_id", claim.execution().id())
                .containsKey("started_at");
        assertThat(get(job.status())).isEqualTo(JobStatus.STARTED);
        assertThat(jobs.queue("q").started().ids().collectList().block()).containsExactly(job.id());
    }

    @Test
    void aDemandOfNNeverClaimsMoreThanN() {
        List<String> ids = enqueue("q", 10);

        assertThat(ids(worker.claim(3, "q"))).isEqualTo(ids.subList(0, 3));
        assertThat(redis.queue("q")).isEqualTo(ids.subList(3, 10));
        assertThat(redis.commands().zcard(redis.key("wip:q"))).isEqualTo(3);
        assertThat(ids(worker.claim(100, "q"))).isEqualTo(ids.subList(3, 10));
        assertThat(worker.claim(5, "q")).isEmpty();
    }

    @Test
    void takesFromSeveralQueuesInTheOrderGiven() {
        List<String> low = enqueue("low", 3);
        List<String> high = enqueue("high", 2);

        List<ClaimedJob> claims = worker.claim(4, "high", "missing", "low");

        assertThat(ids(claims)).containsExactly(high.get(0), high.get(1), low.get(0), low.get(1));
        assertThat(claims).extracting(claim -> claim.execution().queue()).containsExactly("high", "high", "low", "low");
        assertThat(redis.queue("low")).containsExactly(low.get(2));
    }

    @Test
    void everyClaimHasAnExecutionIdOfItsOwn() {
        enqueue("q", 20);

        assertThat(worker.claim(20, "q"))
                .extracting(claim -> claim.execution().id())
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[0-9A-Za-z-]+-\\d+"));
    }

    @Test
    void theSameRequestAgainGetsTheSameClaims() {
        enqueue("a", 2);
        enqueue("b", 3);
        ClaimRequest request = worker.request(4, LEASE, "a", "b");

        Claims first = worker.claim(request);
        Claims again = worker.claim(request);

        assertThat(first.jobs()).hasSize(4);
        assertThat(again.jobs()).extracting(ClaimedJob::execution).isEqualTo(executions(first));
        assertThat(again.jobs().get(0).payload()).isEqualTo(first.jobs().get(0).payload());
        assertThat(redis.queue("b")).hasSize(1);
        assertThat(redis.ttl("claimer:" + request.claimer())).isBetween(1L, 30L);
    }

    @Test
    void theSameRequestAgainGetsOnlyWhatItStillHolds() {
        enqueue("q", 3);
        ClaimRequest request = worker.request(3, LEASE, "q");
        Claims first = worker.claim(request);
        worker.finish(first.jobs().get(1), "done");

        assertThat(executions(worker.claim(request)))
                .containsExactly(
                        first.jobs().get(0).execution(), first.jobs().get(2).execution());
    }

    @Test
    void aNewRequestGetsNewJobs() {
        List<String> ids = enqueue("q", 2);

        assertThat(ids(worker.claim(1, "q"))).containsExactly(ids.get(0));
        assertThat(ids(worker.claim(1, "q"))).containsExactly(ids.get(1));
    }

    @Test
    void nothingIsClaimedWhileWorkIsSuspended() {
        worker.enqueue("q");
        redis.commands().set(redis.key("suspended"), "1");

        Claims claims = worker.claim(worker.request(1, LEASE, "q"));

        assertThat(claims.suspended()).isTrue();
        assertThat(claims.jobs()).isEmpty();
        assertThat(redis.queue("q")).hasSize(1);

        redis.commands().del(redis.key("suspended"));
        assertThat(worker.claim(worker.request(1, LEASE, "q")).suspended()).isFalse();
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void whatWasGrantedIsStillGrantedWhenWorkIsSuspendedMeanwhile() {
        worker.enqueue("q");
        ClaimRequest request = worker.request(1, LEASE, "q");
        Claims first = worker.claim(request);
        redis.commands().set(redis.key("suspended"), "1");

        assertThat(executions(worker.claim(request))).isEqualTo(executions(first));
    }

    @Test
    void aRegisteredWorkerIsShownBusyWithTheJob() {
        redis.commands().hset(redis.key("worker:pretend"), "state", "idle");
        JobHandle<String> job = worker.enqueue("q");

        worker.claimOne("q");

        assertThat(redis.hash("worker:pretend"))
                .containsEntry("state", "busy")
                .containsEntry("current_job", job.id().value());
    }

    @Test
    void concurrentClaimersNeverGetTheSameJob() {
        List<String> ids = enqueue("q", 300);

        List<String> claimed = reactor.core.publisher.Flux.range(0, 60)
                .flatMap(
                        i -> worker.leases()
                                .claim(new PretendWorker(jobs).request(5, LEASE, "q"))
                                .flatMapIterable(Claims::jobs),
                        16)
                .map(claim -> claim.execution().job().value())
                .collectList()
                .block();

        assertThat(claimed).containsExactlyInAnyOrderElementsOf(ids);
    }

    private List<String> enqueue(String queue, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> get(jobs.queue(queue).enqueue(ECHO, "job " + i)))
                .map(JobHandle::id)
                .map(JobId::value)
                .toList();
    }

    private static List<String> ids(List<ClaimedJob> claims) {
        return claims.stream().map(claim -> claim.execution().job().value()).toList();
    }

    private static List<dev.rq4j.job.Execution> executions(Claims claims) {
        return claims.jobs().stream().map(ClaimedJob::execution).toList();
    }
}
