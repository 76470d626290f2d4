package dev.rq4j.model;

import static dev.rq4j.PretendWorker.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.job.JobEvent.Happened;
import dev.rq4j.job.JobEvent.Type;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Moved;
import dev.rq4j.redis.Recovered;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.Snapshot;
import dev.rq4j.testing.TimeMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whatever several clients do to the same jobs at the same time happens once. */
@ExtendWith(RedisExtension.class)
class DuelsIT {

    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final Duration HOUR = Duration.ofHours(1);

    private RawRedis redis;
    private Duel duel;

    @BeforeEach
    void connect(RawRedis redis) {
        this.redis = redis;
        this.duel = new Duel(redis);
    }

    @AfterEach
    void disconnect() {
        duel.close();
    }

    @Test
    void aJobThatIsDueIsQueuedOnceByManyPromoters() {
        List<String> ids = duel.enqueue(1000, "q", job -> job.delay(HOUR));
        TimeMachine.forward(redis, HOUR);

        duel.all(8, client -> client.engine().times().promote("q").thenReturn(true));

        assertThat(redis.queue("q")).containsExactlyInAnyOrderElementsOf(ids);
        Census.holds(redis);
    }

    @Test
    void aJobWhoseTimeIsOverExpiresOnceAndWhatWaitsForItIsTakenBackOnce() {
        List<String> ids = duel.enqueue(150, "q", job -> job.ttl(HOUR));
        for (int i = 0; i < 50; i++) {
            JobId[] parents = {JobId.of(ids.get(i)), JobId.of(ids.get(i + 50)), JobId.of(ids.get(i + 100))};
            duel.enqueue(1, "q", job -> job.dependsOn(parents));
        }
        List<ClaimedJob> inTime = duel.claim(3, LEASE, "q");
        List<ClaimedJob> tooLate = new ArrayList<>();
        TimeMachine.forward(redis, HOUR);

        List<Happened> told = duel.told(
                "q",
                () -> duel.all(
                        10,
                        client -> Mono.when(
                                        client.engine().times().expire(),
                                        duel.claim(client, 3, LEASE, "q").doOnNext(tooLate::addAll))
                                .thenReturn(true)));

        assertThat(inTime).hasSize(12);
        assertThat(tooLate).isEmpty();
        assertThat(told.stream().filter(event -> event.type() == Type.EXPIRED).map(Happened::job))
                .containsExactlyInAnyOrderElementsOf(
                        ids.subList(12, 150).stream().map(JobId::of).toList());
        assertThat(told.stream().filter(event -> event.type() == Type.CANCELED).map(Happened::job))
                .hasSize(50)
                .doesNotHaveDuplicates();
        Census.holds(redis);
    }

    @Test
    void aLeaseThatRanOutIsRecoveredOnce() {
        List<String> ids = duel.enqueue(300, "q", job -> job.maxRecoveries(1));
        List<String> poison = duel.enqueue(300, "q", job -> job.maxRecoveries(0));
        List<String> retried =
                duel.enqueue(300, "q", job -> job.maxRecoveries(0).retry(RetryPolicy.times(1)));
        assertThat(duel.claim(1000, LEASE, "q")).hasSize(900);
        TimeMachine.forward(redis, LEASE);

        List<Recovered> found = duel
                .all(4, client -> client.engine().leases().recover("q", 3).collectList())
                .stream()
                .flatMap(List::stream)
                .toList();

        assertThat(found.stream().flatMap(batch -> batch.queued().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ids, retried).flatMap(List::stream).toList());
        assertThat(found.stream().flatMap(batch -> batch.failed().stream()))
                .containsExactlyInAnyOrderElementsOf(poison);
        assertThat(redis.queue("q")).hasSize(600).doesNotHaveDuplicates();
        Census.holds(redis);
    }

    @Test
    void anAttemptThatManyEndInManyWaysEndsInOne() {
        duel.enqueue(300, "q", job -> job.retry(RetryPolicy.times(1).fixed(HOUR)));
        List<ClaimedJob> claimed = duel.claim(1000, LEASE, "q");
        assertThat(claimed).hasSize(300);
        for (ClaimedJob job : claimed) {
            int first = claimed.indexOf(job);

            List<Settled> settled = duel.each(
                    Duel.numbers(3),
                    (client, i) ->
                            duel.end(client, job, first + i + duel.clients().indexOf(client)));

            assertThat(settled)
                    .filteredOn(answer -> answer == Settled.DONE || answer == Settled.AGAIN)
                    .as("of %s", job)
                    .hasSize(1);
        }
        Census.holds(redis);
    }

    @Test
    void aRunThatIsFinishedAndCanceledAndRecoveredAtOnceEndsInOneWay() {
        List<String> ids = duel.enqueue(300, "q", job -> job.maxRecoveries(0));
        List<ClaimedJob> claimed = duel.claim(1000, LEASE, "q");
        TimeMachine.forward(redis, LEASE);
        Set<String> ended = new HashSet<>();

        List<String> told = duel.each(claimed, (client, job) -> switch (duel.clients()
                .indexOf(client)) {
            case 0 -> duel.finish(client, job).filter(Settled.DONE::equals).map(done -> "finished " + id(job));
            case 1 -> duel.fail(client, job).filter(Settled.DONE::equals).map(done -> "failed " + id(job));
            case 2 ->
                client.engine()
                        .jobs()
                        .cancel(job.execution().job())
                        .filter(canceled -> canceled)
                        .map(done -> "canceled " + id(job));
            default ->
                client.engine()
                        .leases()
                        .recover("q", 0)
                        .flatMapIterable(Recovered::failed)
                        .map(id -> "recovered " + id)
                        .collectList()
                        .map(found -> String.join(",", found))
                        .filter(found -> !found.isEmpty());
        });

        for (String one :
                told.stream().flatMap(text -> Stream.of(text.split(","))).toList()) {
            assertThat(ended.add(one.split(" ")[1])).as(one).isTrue();
        }
        assertThat(ended).hasSameElementsAs(ids);
        Census.holds(redis);
    }

    @Test
    void aJobIsClaimedByOneOfManyClaimers() {
        List<String> ids = duel.enqueue(500, "q", job -> {});
        ids = Stream.of(ids, duel.enqueue(500, "other", job -> {}))
                .flatMap(List::stream)
                .toList();

        List<ClaimedJob> claimed = duel.all(60, client -> duel.claim(client, 7, LEASE, "q", "other")).stream()
                .flatMap(List::stream)
                .toList();

        assertThat(claimed).map(DuelsIT::id).containsExactlyInAnyOrderElementsOf(ids);
        Census.holds(redis);
    }

    @Test
    void aJobIsQueuedAgainOnceByManyWhoAskForIt() {
        duel.enqueue(300, "q", job -> {});
        List<ClaimedJob> claimed = duel.claim(1000, LEASE, "q");
        claimed.forEach(job -> duel.fail(client(0), job).block());

        List<Moved> moved = duel.each(
                claimed,
                (client, job) -> client.engine().moves().requeue(job.execution().job(), false));

        assertThat(moved).filteredOn(Moved::isDone).hasSize(300);
        assertThat(redis.queue("q")).hasSize(300).doesNotHaveDuplicates();
        Census.holds(redis);
    }

    @Test
    void oneOfManyJobsGetsTheUniqueKey() {
        List<String> made = duel.all(
                50,
                client -> client.queue("q")
                        .enqueue(ECHO, "x", job -> job.unique(Unique.untilEnded("only one")))
                        .map(job -> job.id().value())
                        .onErrorResume(JobException.DuplicateJob.class, taken -> Mono.empty()));

        assertThat(redis.queue("q")).hasSize(1).isEqualTo(made);
        Census.holds(redis);
    }

    @Test
    void aJobGoesItsWayOnceWhenAllItsParentsEndAtOnce() {
        List<String> first = duel.enqueue(100, "q", job -> {});
        List<String> second = duel.enqueue(100, "q", job -> {});
        for (int i = 0; i < 100; i++) {
            JobId one = JobId.of(first.get(i));
            JobId two = JobId.of(second.get(i));
            duel.enqueue(1, "next", job -> job.dependsOn(one, two));
        }
        List<ClaimedJob> claimed = duel.claim(1000, LEASE, "q");

        duel.each(claimed, duel::finish);

        assertThat(redis.queue("next")).hasSize(100).doesNotHaveDuplicates();
        Census.holds(redis);
    }

    @Test
    void noMoreJobsOfAKeyStartInAPeriodThanItSays() {
        int count = 5;
        Duration period = Duration.ofMillis(300);
        List<String> ids = duel.enqueue(40, "q", job -> job.limit(RateLimit.rate("calls", count, period)));
        ids = Stream.of(ids, duel.enqueue(10, "other", job -> job.limit(RateLimit.rate("calls", count, period))))
                .flatMap(List::stream)
                .toList();
        List<ClaimedJob> claimed = new ArrayList<>();
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();

        while (claimed.size() < ids.size() && System.nanoTime() < end) {
            duel.all(2, client -> client.engine().times().pace().thenReturn(true));
            claimed.addAll(duel.claim(3, LEASE, "q", "other"));
        }

        assertThat(claimed).map(DuelsIT::id).containsExactlyInAnyOrderElementsOf(ids);
        List<Instant> starts = ids.stream()
                .map(id -> Instant.parse(redis.job(JobId.of(id)).get("started_at")))
                .sorted()
                .toList();
        for (int i = count; i < starts.size(); i++) {
            assertThat(Duration.between(starts.get(i - count), starts.get(i))).isGreaterThanOrEqualTo(period);
        }
        Census.holds(redis);
    }

    @Test
    void noMoreJobsOfAKeyAreUnderWayThanItSays() {
        int most = 3;
        duel.enqueue(60, "q", job -> job.limit(RateLimit.concurrency("room", most)));
        duel.enqueue(60, "other", job -> job.limit(RateLimit.concurrency("room", most)));
        int ended = 0;

        for (int round = 0; ended < 120; round++) {
            assertThat(round).as("rounds until all have ended").isLessThan(400);
            ended += duel
                    .all(
                            2,
                            client -> duel.claim(client, 2, LEASE, "q", "other")
                                    .flatMap(jobs -> Flux.fromIterable(jobs)
                                            .flatMap(job -> duel.end(client, job, job.hashCode() & 1))
                                            .collectList()))
                    .stream()
                    .mapToInt(List::size)
                    .sum();
            Snapshot snapshot = Snapshot.of(redis);
            Census.holds(snapshot);
            assertThat(snapshot.scores("rl:room:allowed")).hasSizeLessThanOrEqualTo(most);
        }

        assertThat(snapshotOfLimits()).isEmpty();
    }

    private Set<String> snapshotOfLimits() {
        return Snapshot.of(redis).keys("rl");
    }

    private JobClient client(int i) {
        return duel.clients().get(i % duel.clients().size());
    }

    private static String id(ClaimedJob job) {
        return job.execution().job().value();
    }
}
