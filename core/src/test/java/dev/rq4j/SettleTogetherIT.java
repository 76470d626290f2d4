package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static dev.rq4j.PretendWorker.idOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Unique;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs that end at the same time share a step, and each of them ends as if it were alone. */
@ExtendWith(RedisExtension.class)
class SettleTogetherIT {

    /** Those that come while so many requests are under way are sent together. */
    private static final List<String> AHEAD = List.of("ahead1", "ahead2");

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        AHEAD.forEach(id -> enqueue(id, options -> {}));
    }

    @Test
    void usualOnesAndOthersEndAsTheyAre() {
        enqueue("usual1", options -> {});
        enqueue("for-ever", options -> options.resultTtl(Retention.forever()));
        enqueue("at-once", options -> options.resultTtl(Duration.ZERO));
        enqueue("soon", options -> options.resultTtl(Duration.ofSeconds(5)));
        enqueue("unique", options -> options.unique(Unique.untilEnded("k")));
        enqueue("again", options -> options.repeat(Repeat.times(1)));
        enqueue("parent", options -> {});
        enqueue("logged", options -> {});
        enqueue("lost", options -> {});
        enqueue("canceled", options -> {});
        enqueue("usual2", options -> {});
        List<ClaimedJob> claims = claimAll();
        get(jobs.queue("other")
                .enqueue(ECHO, "hello", options -> options.id("child").dependsOn(JobId.of("parent"))));
        get(jobs.engine()
                .notes()
                .log(claim(claims, "logged").execution(), "a line")
                .thenReturn(true));
        redis.commands()
                .zrem(redis.key("wip:q"), claim(claims, "lost").execution().member());
        get(jobs.job(JobId.of("canceled"), ECHO).cancel());

        Map<String, Settled> settled = finishTogether(claims);

        assertThat(settled)
                .containsEntry("lost", Settled.LOST)
                .containsEntry("canceled", Settled.TAKEN_BACK)
                .containsEntry("again", Settled.AGAIN);
        List<String> finished = List.of("usual1", "usual2", "for-ever", "unique", "parent", "logged", "soon");
        assertThat(finished).allSatisfy(id -> {
            assertThat(settled).containsEntry(id, Settled.DONE);
            assertThat(redis.job(JobId.of(id)))
                    .containsEntry("status", "finished")
                    .containsKey("ended_at");
            assertThat(redis.history(JobId.of(id)))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry)
                            .containsEntry("type", "1")
                            .containsEntry("worker_name", "pretend")
                            .containsKeys(
                                    "return_value", "execution_id", "execution_started_at", "execution_ended_at"));
            assertThat(redis.score("finished:q", id)).isNotNull();
        });
        assertThat(List.of("usual1", "usual2", "unique", "parent", "logged"))
                .allSatisfy(id -> assertThat(redis.keysOf(JobId.of(id)))
                        .allSatisfy(key -> assertThat(redis.ttl(key)).isBetween(480L, 500L)));
        assertThat(redis.keysOf(JobId.of("for-ever")))
                .allSatisfy(key -> assertThat(redis.ttl(key)).isEqualTo(-1));
        assertThat(redis.score("finished:q", "for-ever")).isInfinite();
        assertThat(redis.keysOf(JobId.of("at-once"))).isEmpty();
        assertThat(redis.queue("q")).containsExactly("again");
        assertThat(redis.queue("other")).containsExactly("child");
        assertThat(redis.commands().exists(redis.key("unique:k"))).isZero();
        assertThat(redis.job(JobId.of("lost"))).containsEntry("status", "started");
        assertThat(redis.job(JobId.of("canceled"))).containsEntry("status", "canceled");
        assertThat(redis.commands().zcard(redis.key("wip:q"))).isZero();
    }

    @Test
    void aRunThatIsEndedTwiceInOneStepHasEndedOnce() {
        enqueue("usual", options -> {});
        List<ClaimedJob> claims = new ArrayList<>(claimAll());
        claims.add(claim(claims, "usual"));

        List<Settled> settled = finish(claims);

        assertThat(settled).containsExactly(Settled.DONE, Settled.DONE, Settled.DONE, Settled.REPEATED);
        assertThat(redis.history(JobId.of("usual"))).hasSize(1);
    }

    /** Python queues a job again that runs, if somebody asks it to. */
    @Test
    void aJobThatTwoExecutionsHoldEndsOnceInOneStep() {
        enqueue("twice", options -> {});
        List<ClaimedJob> claims = new ArrayList<>(claimAll());
        redis.commands().hset(redis.key("job:twice"), "status", "queued");
        redis.commands().rpush(redis.key("queue:q"), "twice");
        claims.addAll(claimAll());

        List<Settled> settled = finish(claims);

        assertThat(settled).containsExactly(Settled.DONE, Settled.DONE, Settled.DONE, Settled.TAKEN_BACK);
        assertThat(redis.history(JobId.of("twice"))).hasSize(1);
        assertThat(redis.commands().zcard(redis.key("wip:q"))).isZero();
    }

    @Test
    void whatIsNoRegistryOfLeasesKeepsNoOtherJobFromItsRegistry() {
        enqueue("good", options -> {});
        get(jobs.queue("bad").enqueue(ECHO, "hello", options -> options.id("bad")));
        List<ClaimedJob> claims = new ArrayList<>(claimAll());
        claims.addAll(worker.claim(1, "bad"));
        redis.commands().del(redis.key("wip:bad"));
        redis.commands().set(redis.key("wip:bad"), "no registry");

        List<Throwable> errors = get(Flux.fromIterable(claims)
                .flatMapSequential(
                        claim -> worker.finishing(claim, "done")
                                .then(Mono.<Throwable>empty())
                                .onErrorResume(Mono::just),
                        claims.size())
                .collectList());

        assertThat(errors).isNotEmpty().allSatisfy(error -> assertThat(error).hasMessageContaining("WRONGTYPE"));
        assertThat(redis.job(JobId.of("good"))).containsEntry("status", "finished");
        assertThat(redis.score("finished:q", "good")).isNotNull();
        assertThat(redis.job(JobId.of("bad"))).containsEntry("status", "started");
    }

    @Test
    void aHistoryThatBeganEarlierGoesOn() {
        enqueue("tried", options -> {});
        enqueue("odd", options -> {});
        List<ClaimedJob> claims = claimAll();
        redis.commands().xadd(redis.key("results:tried"), Map.of("type", "2", "exc_string", "x"));
        redis.commands().set(redis.key("results:odd"), "no history");

        Map<String, Settled> settled = finishTogether(claims);

        assertThat(settled).containsEntry("tried", Settled.DONE).containsEntry("odd", Settled.DONE);
        assertThat(redis.history(JobId.of("tried"))).hasSize(2);
        assertThat(redis.history(JobId.of("odd"))).hasSize(1);
        assertThat(redis.ttl("results:tried")).isBetween(480L, 500L);
        assertThat(redis.ttl("results:odd")).isBetween(480L, 500L);
    }

    private Map<String, Settled> finishTogether(List<ClaimedJob> claims) {
        List<Settled> settled = finish(claims);
        return IntStream.range(0, claims.size())
                .boxed()
                .collect(Collectors.toMap(i -> idOf(claims.get(i)), settled::get));
    }

    private List<Settled> finish(List<ClaimedJob> claims) {
        return get(Flux.fromIterable(claims)
                .flatMapSequential(claim -> worker.finishing(claim, "done"), claims.size())
                .collectList());
    }

    private List<ClaimedJob> claimAll() {
        return worker.claim(100, "q");
    }

    private static ClaimedJob claim(List<ClaimedJob> claims, String id) {
        return claims.stream()
                .filter(claim -> idOf(claim).equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void enqueue(String id, Consumer<JobOptions.Builder> more) {
        get(jobs.queue("q").enqueue(ECHO, "hello", more.andThen(options -> options.id(id))));
    }
}
