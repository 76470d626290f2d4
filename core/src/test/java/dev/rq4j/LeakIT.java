package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.redis.WorkerRecord;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Nothing stays in Redis that nobody asked to keep. */
@ExtendWith(RedisExtension.class)
class LeakIT {

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
    void everyKeyThatManyLivesLeaveBehindHasATimeToLive() {
        WorkerRecord record = new WorkerRecord(
                "pretend", "token", List.of("q"), Instant.now(), false, List.of(), 0, 0, Duration.ZERO);
        jobs.engine().workers().register(record).block();
        for (Duration ttl : List.of(Duration.ZERO, Duration.ofMinutes(1))) {
            Consumer<JobOptions.Builder> kept =
                    options -> options.resultTtl(ttl).failureTtl(ttl);
            live(kept);
        }
        live(options -> {});
        live(options -> options.id("mine-" + UUID.randomUUID()));
        jobs.engine().workers().unregister(record).block();

        assertThat(redis.keys())
                .contains("queues", "finished:q", "failed:q", "canceled:q", "tombstones", "worker:pretend")
                .doesNotContain("queue:q", "wip:q")
                .filteredOn(key -> redis.ttl(key) < 0)
                .containsExactly("queues");
    }

    @Test
    void deletingLeavesNothingWhateverTheStatus() {
        JobHandle<String> queued = worker.enqueue("q");
        JobHandle<String> finished = worker.enqueue("finished");
        worker.finish(worker.claimOne("finished"), "done");
        JobHandle<String> failed = worker.enqueue("failed");
        worker.fail(worker.claimOne("failed"), "broken");
        JobHandle<String> running = worker.enqueue("running");
        worker.claimOne("running");
        JobHandle<String> canceled = worker.enqueue("canceled");
        get(canceled.cancel());

        for (JobHandle<?> job : List.of(queued, finished, failed, running, canceled)) {
            assertThat(get(job.delete())).isTrue();
            assertThat(redis.keysOf(job.id())).isEmpty();
            assertThat(get(job.delete())).isFalse();
        }

        assertThat(redis.keys())
                .filteredOn(key -> !key.startsWith("claimer:"))
                .containsExactlyInAnyOrder("queues", "tombstones");
    }

    @Test
    void removingLeavesNothingAndOnlyTakesWhatWaitsHere() {
        JobHandle<String> here = worker.enqueue("q");
        JobHandle<String> elsewhere = worker.enqueue("other");

        assertThat(get(queue.remove(here.id()))).isTrue();
        assertThat(get(queue.remove(here.id()))).isFalse();
        assertThat(get(queue.remove(elsewhere.id()))).isFalse();

        assertThat(redis.keysOf(here.id())).isEmpty();
        assertThat(redis.keysOf(elsewhere.id())).isNotEmpty();
        assertThat(get(queue.size())).isZero();
    }

    @Test
    void emptyingDeletesWhatWaitsAndNothingElse() {
        JobHandle<String> running = worker.enqueue("q");
        worker.claimOne("q");
        List<JobId> waiting = queue.enqueueAll(Flux.range(0, 1234).map(i -> ECHO.request("job " + i)))
                .<JobId>map(JobHandle::id)
                .collectList()
                .block();

        assertThat(get(queue.empty())).isEqualTo(1234);

        assertThat(redis.keys()).noneMatch(key -> waiting.stream().anyMatch(id -> key.contains(id.value())));
        assertThat(redis.keysOf(running.id())).isNotEmpty();
        assertThat(get(queue.empty())).isZero();
    }

    @Test
    void emptyingLeavesJobsAloneThatPythonListedTwice() {
        JobHandle<String> running = worker.enqueue("q");
        worker.claimOne("q");
        redis.commands().rpush(redis.key("queue:q"), running.id().value(), "dangling");
        redis.commands().set(redis.key("job:strange"), "a string");
        redis.commands().rpush(redis.key("queue:q"), "strange");

        assertThat(get(queue.empty())).isEqualTo(3);

        assertThat(redis.job(running.id())).containsEntry("status", "started");
        assertThat(redis.queue("q")).isEmpty();
    }

    @Test
    void registriesAreTrimmedWhenTheyAreRead() {
        JobHandle<String> kept = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "done");
        Object[] gone = IntStream.range(0, 1200)
                .boxed()
                .flatMap(i -> Stream.<Object>of(1000.0 + i, "gone-" + i))
                .toArray();
        redis.commands().zadd(redis.key("finished:q"), gone);
        redis.commands().zadd(redis.key("failed:q"), 1000, "gone");

        assertThat(get(queue.finished().count())).isEqualTo(1);
        assertThat(queue.finished().ids().collectList().block()).containsExactly(kept.id());
        assertThat(queue.failed().ids().collectList().block()).isEmpty();
        assertThat(redis.score("finished:q", "gone-7")).isNull();
    }

    @Test
    void anEntryOfACanceledJobGoesOnlyWithTheJobWhoeverScoredIt() {
        redis.commands().hset(redis.key("job:by-python"), "status", "canceled");
        redis.commands().zadd(redis.key("canceled:q"), 1000, "by-python");
        redis.commands().zadd(redis.key("canceled:q"), 1000, "gone");

        assertThat(queue.canceled().ids().collectList().block()).containsExactly(JobId.of("by-python"));
        assertThat(redis.score("canceled:q", "gone")).isNull();
    }

    /** Jobs that finish with something and with nothing, fail, stop, are canceled, deleted, released and recovered. */
    private void live(Consumer<JobOptions.Builder> options) {
        one(options, () -> worker.finish(worker.claimOne("q"), "done"));
        one(options, () -> worker.finish(worker.claimOne("q"), null));
        one(options, () -> worker.fail(worker.claimOne("q"), "broken"));
        one(options, () -> worker.stop(worker.claimOne("q")));
        one(options, () -> {
            worker.release(List.of(worker.claimOne("q")), true);
            worker.finish(worker.claimOne("q"), "done");
        });
        one(options, () -> {
            worker.claimAndDie(1, "q");
            worker.leases().recover("q", 1).blockLast();
            worker.claimAndDie(1, "q");
            worker.leases().recover("q", 1).blockLast();
        });
        get(enqueue(options).cancel());
        get(enqueue(options).delete());
        JobHandle<String> running = enqueue(options);
        worker.claimOne("q");
        get(running.cancel());
        get(running.delete());
    }

    private void one(Consumer<JobOptions.Builder> options, Runnable life) {
        enqueue(options);
        life.run();
        assertThat(redis.queue("q")).isEmpty();
    }

    private JobHandle<String> enqueue(Consumer<JobOptions.Builder> options) {
        return get(queue.enqueue(ECHO, "hello", options));
    }
}
