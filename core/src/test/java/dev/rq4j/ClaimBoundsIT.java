package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** What one request for work brings is bounded, and nothing is left behind by that. */
@ExtendWith(RedisExtension.class)
class ClaimBoundsIT {

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
    void anAnswerCarriesSomeMegabytesAndTheRestWaitsWhereItWas() {
        Random random = new Random(7);
        List<String> ids = Flux.range(0, 12)
                .map(i -> ECHO.request(incompressible(random, 900_000)))
                .as(jobs.queue("q")::enqueueAll)
                .map(job -> job.id().value())
                .collectList()
                .blockOptional()
                .orElseThrow();

        List<ClaimedJob> first = worker.claim(12, "q");

        assertThat(first).hasSizeBetween(2, 8);
        assertThat(redis.queue("q")).isEqualTo(ids.subList(first.size(), ids.size()));
        List<ClaimedJob> second = worker.claim(12, "q");
        assertThat(Stream.concat(first.stream(), second.stream()).map(PretendWorker::idOf))
                .isEqualTo(ids.subList(0, first.size() + second.size()));
        assertThat(first).allSatisfy(claim -> assertThat(claim.payload()).isNotNull());
    }

    @Test
    void aListFullOfWhatIsNoJobIsClearedByOneRequest() {
        String[] dead = IntStream.range(0, 5_000).mapToObj(i -> "dead-" + i).toArray(String[]::new);
        redis.commands().rpush(redis.key("queue:q"), dead);
        JobId id = worker.enqueue("q").id();

        assertThat(worker.claim(1, "q")).extracting(PretendWorker::idOf).containsExactly(id.value());
    }

    @Test
    void leasesThatAreHandedOutAgainAreExtended() {
        worker.enqueue("q");
        ClaimRequest request = worker.request(1, Duration.ofSeconds(30), "q");
        String member = worker.claim(request).jobs().get(0).execution().member();
        redis.commands().zadd(redis.key("wip:q"), redis.now() + 62, member);

        assertThat(worker.claim(request).jobs()).hasSize(1);

        assertThat(redis.score("wip:q", member)).isGreaterThan(redis.now() + 80);
    }

    @Test
    void hugeFieldsThatOthersWroteAreCut() {
        JobId id = worker.enqueue("q").id();
        redis.commands().hset(redis.key("job:" + id), "description", "x".repeat(5_000_000));

        assertThat(worker.claimOne("q").description()).hasSize(1000);
    }

    @Test
    void whatSomebodyPutInThePlaceOfAWorkerOrARegistryCostsNoJob() {
        redis.commands().set(redis.key("worker:pretend"), "mine");
        redis.commands().set(redis.key("finished:q"), "mine");
        JobHandle<String> job = worker.enqueue("q");

        worker.finish(worker.claimOne("q"), "done");

        assertThat(get(job.result())).isEqualTo("done");
        assertThat(redis.ttl("job:" + job.id())).isPositive();
        assertThat(redis.keys()).doesNotContain("wip:q");
    }

    @Test
    void aRunningJobThatIsInTheListAgainIsNotDeletedByRemovingItThere() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");
        redis.commands().rpush(redis.key("queue:q"), job.id().value());

        assertThat(get(jobs.queue("q").remove(job.id()))).isFalse();

        assertThat(redis.queue("q")).isEmpty();
        assertThat(worker.finish(claim, "done").isEffective()).isTrue();
    }

    private static String incompressible(Random random, int length) {
        StringBuilder text = new StringBuilder(length);
        random.ints(length, 'a', 'z' + 1).forEach(letter -> text.append((char) letter));
        // letters alone would still shrink by a third
        random.ints(length / 8, 0, length).forEach(at -> text.setCharAt(at, (char) ('0' + at % 10)));
        return text.toString();
    }
}
