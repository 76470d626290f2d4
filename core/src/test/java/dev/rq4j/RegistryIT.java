package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RegistryEntry;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

@ExtendWith(RedisExtension.class)
class RegistryIT {

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
    void aJobIsInTheRegistryOfItsStatusAndInNoOther() {
        JobHandle<String> running = worker.enqueue("q");
        worker.claimOne("q");
        JobHandle<String> finished = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "done");
        JobHandle<String> failed = worker.enqueue("q");
        worker.fail(worker.claimOne("q"), "broken");
        JobHandle<String> canceled = worker.enqueue("q");
        get(canceled.cancel());
        JobHandle<String> waiting = worker.enqueue("q");

        assertThat(list(queue.started().ids())).containsExactly(running.id());
        assertThat(list(queue.finished().ids())).containsExactly(finished.id());
        assertThat(list(queue.failed().ids())).containsExactly(failed.id());
        assertThat(list(queue.canceled().ids())).containsExactly(canceled.id());
        assertThat(list(queue.ids())).containsExactly(waiting.id());
        assertThat(get(queue.started().count())).isEqualTo(1);
        assertThat(list(queue.finished().jobs())).extracting(Job::status).containsExactly(JobStatus.FINISHED);
        assertThat(list(queue.jobs())).extracting(Job::id).containsExactly(waiting.id());
    }

    @Test
    void aRegistryThatPythonMadeGetsATimeToLiveUnlessItKeepsSomethingForEver() {
        double soon = 4_000_000_000.0;
        redis.commands().zadd(redis.key("finished:q"), soon, "temporary");
        redis.commands().zadd(redis.key("failed:q"), soon, "temporary");
        redis.commands().zadd(redis.key("failed:q"), -1, "for-ever");

        assertThat(get(queue.finished().count())).isEqualTo(1);
        assertThat(get(queue.failed().count())).isEqualTo(2);

        assertThat(redis.ttl("finished:q")).isPositive();
        assertThat(redis.ttl("failed:q")).isEqualTo(-1);
    }

    @Test
    void whatGoesFirstComesFirst() {
        for (int minutes : List.of(3, 1, 2)) {
            get(queue.enqueue(ECHO, "", job -> job.id("job-" + minutes).resultTtl(Duration.ofMinutes(minutes))));
            worker.finish(worker.claimOne("q"), "done");
        }

        assertThat(list(queue.finished().ids())).extracting(JobId::value).containsExactly("job-1", "job-2", "job-3");
        assertThat(list(queue.finished().ids(1, 1))).extracting(JobId::value).containsExactly("job-2");
        assertThat(list(queue.finished().ids(0, 0))).isEmpty();
        assertThat(list(queue.finished().ids(3, 10))).isEmpty();
    }

    @Test
    void whatGoesLastComesFirstWhenAskedFor() {
        for (int minutes : List.of(3, 1, 2)) {
            get(queue.enqueue(ECHO, "", job -> job.id("job-" + minutes).resultTtl(Duration.ofMinutes(minutes))));
            worker.finish(worker.claimOne("q"), "done");
        }
        JobRegistry newest = queue.finished().newestFirst();

        assertThat(list(newest.ids())).extracting(JobId::value).containsExactly("job-3", "job-2", "job-1");
        assertThat(list(newest.ids(1, 1))).extracting(JobId::value).containsExactly("job-2");
        assertThat(list(newest.ids(2, 10))).extracting(JobId::value).containsExactly("job-1");
        assertThat(list(newest.jobs())).extracting(Job::id).isEqualTo(list(newest.ids()));
        assertThat(list(newest.entries())).extracting(RegistryEntry::job).isEqualTo(list(newest.ids()));
        assertThat(get(newest.count())).isEqualTo(3);
    }

    @Test
    void longRegistriesAreReadPageByPage() {
        List<JobId> all =
                IntStream.range(0, 1300).mapToObj(i -> JobId.of("job-" + i)).toList();
        all.forEach(id -> redis.commands()
                .zadd(redis.key("deferred:q"), Integer.parseInt(id.value().substring(4)), "" + id));
        IntStream.range(0, 700).forEach(i -> redis.commands().zadd(redis.key("deferred:q"), 10_000 + i, "no id:" + i));
        redis.commands().zadd(redis.key("deferred:q"), 20_000, "last");

        List<JobId> ids = list(queue.registry(JobStatus.DEFERRED).ids());
        assertThat(ids)
                .startsWith(all.toArray(JobId[]::new))
                .endsWith(JobId.of("last"))
                .hasSize(1301);
        List<JobId> reversed =
                list(queue.registry(JobStatus.DEFERRED).newestFirst().ids());
        assertThat(reversed).startsWith(JobId.of("last"), JobId.of("job-1299")).hasSize(1301);
        assertThat(list(queue.registry(JobStatus.DEFERRED).ids().take(3))).isEqualTo(all.subList(0, 3));
    }

    @Test
    void anEntryTellsWhenItsTimeIsOver() {
        JobHandle<String> kept = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "done");
        JobHandle<String> forEver = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "done");
        get(forEver.persist());
        JobHandle<String> running = worker.enqueue("q");
        worker.claimOne("q");
        redis.commands().zadd(redis.key("failed:q"), -1, "for-ever-in-python");
        redis.commands().zadd(redis.key("scheduled:q"), 4_000_000_000.125, "later");
        redis.commands().zadd(redis.key("wip:q"), 4_000_000_000.0, "of-python");

        assertThat(list(queue.finished().entries()))
                .satisfiesExactly(
                        entry -> {
                            assertThat(entry.job()).isEqualTo(kept.id());
                            assertThat(entry.time()).isCloseTo(now().plusSeconds(500), within(5, ChronoUnit.SECONDS));
                        },
                        entry -> assertThat(entry).isEqualTo(new RegistryEntry(forEver.id(), null)));
        assertThat(list(queue.failed().entries()))
                .containsExactly(new RegistryEntry(JobId.of("for-ever-in-python"), null));
        assertThat(list(queue.registry(JobStatus.SCHEDULED).entries()))
                .containsExactly(new RegistryEntry(JobId.of("later"), Instant.ofEpochMilli(4_000_000_000_125L)));
        assertThat(list(queue.started().entries()))
                .satisfiesExactly(
                        entry -> {
                            assertThat(entry.job()).isEqualTo(running.id());
                            assertThat(entry.time()).isCloseTo(now().plusSeconds(30), within(5, ChronoUnit.SECONDS));
                        },
                        entry -> assertThat(entry)
                                .isEqualTo(new RegistryEntry(
                                        JobId.of("of-python"), Instant.ofEpochSecond(4_000_000_000L))));
    }

    @Test
    void aRegistryKnowsWhatIsInIt() {
        JobHandle<String> finished = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "done");
        JobHandle<String> running = worker.enqueue("q");
        worker.claimOne("q");
        redis.commands().zadd(redis.key("wip:q"), redis.now() + 90, "of-python");
        redis.commands().zadd(redis.key("finished:q"), redis.now() - 1, "over");

        assertThat(get(queue.finished().contains(finished.id()))).isTrue();
        assertThat(get(queue.finished().contains(running.id()))).isFalse();
        assertThat(get(queue.finished().contains(JobId.of("over")))).isFalse();
        assertThat(get(queue.started().contains(running.id()))).isTrue();
        assertThat(get(queue.started().contains(JobId.of("of-python")))).isTrue();
        assertThat(get(queue.started().contains(finished.id()))).isFalse();
    }

    @Test
    void longListsAreReadPageByPageAsTheyAreAskedFor() {
        List<JobId> all = list(queue.enqueueAll(Flux.range(0, 1300).map(i -> ECHO.request("job " + i)))
                .<JobId>map(JobHandle::id));

        assertThat(list(queue.ids())).isEqualTo(all);
        assertThat(list(queue.jobs().map(Job::id))).isEqualTo(all);
        assertThat(list(queue.ids(500, 3))).isEqualTo(all.subList(500, 503));
        assertThat(list(queue.ids().take(7))).isEqualTo(all.subList(0, 7));
    }

    @Test
    void whatIsNoIdIsNobodysJob() {
        redis.commands().rpush(redis.key("queue:q"), "good", "not good", "");
        redis.commands().zadd(redis.key("failed:q"), redis.now() + 90, "not:good");

        assertThat(list(queue.ids())).containsExactly(JobId.of("good"));
        assertThat(list(queue.jobs())).isEmpty();
        assertThat(list(queue.failed().ids())).isEmpty();
    }

    @Test
    void jobsOfPythonAreShownLeniently() {
        redis.commands().hset(redis.key("job:odd"), "status", "tomorrow's invention");
        redis.commands().hset(redis.key("job:odd"), "created_at", "yesterday");
        redis.commands().hset(redis.key("job:odd"), "data", "\u0080\u0004pickled");
        redis.commands().hset(redis.key("job:odd"), "result_ttl", "99999999999999999999");
        redis.commands().rpush(redis.key("queue:q"), "odd");

        assertThat(list(queue.jobs())).singleElement().satisfies(job -> {
            assertThat(job.status()).isEqualTo(JobStatus.UNKNOWN);
            assertThat(job.task()).isNull();
            assertThat(job.queue()).isNull();
            assertThat(job.times().created()).isNull();
            assertThat(job.resultTtl()).isNull();
        });
    }

    @Test
    void jobsThatRq3IsAboutToQueueAreShown() {
        JobHandle<String> job = worker.enqueue("q");
        redis.commands().lrem(redis.key("queue:q"), 0, job.id().value());
        redis.commands().hset(redis.key("job:" + job.id()), "status", "ready_to_enqueue");
        redis.commands().zadd(redis.key("ready:q"), redis.now(), job.id().value());

        JobRegistry ready = queue.registry(JobStatus.READY_TO_ENQUEUE);

        assertThat(list(ready.ids())).containsExactly(job.id());
        assertThat(list(ready.jobs())).extracting(Job::status).containsExactly(JobStatus.READY_TO_ENQUEUE);
        assertThat(get(ready.count())).isEqualTo(1);
    }

    @Test
    void eachRegistryHasAName() {
        JobHandle<String> later = get(queue.enqueue(ECHO, "", job -> job.delay(Duration.ofHours(1))));
        JobHandle<String> child = get(queue.enqueue(ECHO, "", job -> job.dependsOn(later.id())));

        assertThat(list(queue.scheduled().ids())).containsExactly(later.id());
        assertThat(list(queue.deferred().ids())).containsExactly(child.id());
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATED", "QUEUED", "RATE_LIMITED", "UNKNOWN"})
    void aStatusWithoutARegistryIsRefused(JobStatus status) {
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> queue.registry(status));
    }

    @Test
    void queuesAreListedByName() {
        List.of("b", "a", "c.d").forEach(name -> worker.enqueue(name));
        redis.commands().sadd(redis.key("queues"), "somebody:else");

        assertThat(list(jobs.queues())).containsExactly("a", "b", "c.d");
    }

    private Instant now() {
        return Instant.ofEpochSecond((long) redis.now());
    }

    private static <T> List<T> list(Flux<T> flux) {
        return flux.collectList().block(Eventually.DEADLINE);
    }
}
