package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** The hash of a job with a small payload is one piece of memory. */
@ExtendWith(RedisExtension.class)
class SmallHashIT {

    private static final String NOTE =
            "zuakvqekdbypgruhiarjzqtuhhmgmqmdircyzewxveftvszfiaagpavhnqkdbypgruhiarjzqtuhhmgmq";

    @Test
    void aJobIsSmallWhileItWaitsAndWhenItHasFinished(JobClient jobs, RawRedis redis) {
        JobHandle<String> job = get(jobs.queue("q").enqueue(ECHO, NOTE));
        PretendWorker worker = new PretendWorker(jobs);

        assertSmall(redis, job.id(), 500);
        worker.finish(worker.claimOne("q"), "done");

        assertThat(redis.job(job.id())).containsEntry("status", "finished").containsKeys("ended_at", "worker_name");
        assertSmall(redis, job.id(), 800);
    }

    @Test
    void soAreJobsThatComeTogetherThatWaitForOthersAndThatWereNamed(JobClient jobs, RawRedis redis) {
        JobQueue queue = jobs.queue("q");
        List<JobHandle<?>> together = queue.enqueueAll(Flux.range(0, 3).map(i -> ECHO.request(NOTE)))
                .collectList()
                .block();
        JobId parent = together.get(0).id();
        JobHandle<String> child = get(queue.enqueue(ECHO, NOTE, job -> job.dependsOn(parent)));
        JobHandle<String> later = get(queue.enqueue(ECHO, NOTE, job -> job.delay(Duration.ofHours(1))));
        JobHandle<String> named = get(queue.enqueue(ECHO, NOTE, job -> job.id(JobId.of("named"))));

        together.forEach(job -> assertStatus(redis, job.id(), JobStatus.QUEUED));
        assertStatus(redis, child.id(), JobStatus.DEFERRED);
        assertStatus(redis, later.id(), JobStatus.SCHEDULED);
        assertStatus(redis, named.id(), JobStatus.QUEUED);
        assertThat(redis.job(named.id())).containsKey("request_token");
    }

    /** Text of all lengths around those that are written in another way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 40, 63, 64, 90, 125, 126, 128, 1000})
    void whoMayNotRestoreWritesTheSameFields(int length, JobClient jobs, RawRedis redis) {
        Restricted.without(CommandType.RESTORE, redis, restricted -> {
            Map<String, String> written = written(restricted, redis, length);

            assertThat(written).isEqualTo(written(jobs, redis, length));
        });
    }

    /** Returns what is written of a job but what differs with each. */
    private static Map<String, String> written(JobClient jobs, RawRedis redis, int length) {
        Consumer<JobOptions.Builder> options =
                job -> job.description("x".repeat(length)).meta(Map.of("tenant", "ö".repeat(length / 2)));
        Map<String, String> written = new HashMap<>(
                redis.job(get(jobs.queue("q").enqueue(ECHO, NOTE, options)).id()));
        written.keySet().removeAll(List.of("created_at", "enqueued_at"));
        assertThat(written).containsEntry("status", "queued").containsKey("data");
        return written;
    }

    private static void assertStatus(RawRedis redis, JobId id, JobStatus status) {
        assertThat(redis.job(id)).containsEntry("status", status.wireName());
        assertSmall(redis, id, 600);
    }

    private static void assertSmall(RawRedis redis, JobId id, long bytes) {
        String key = redis.key("job:" + id);
        assertThat(redis.commands().objectEncoding(key)).isEqualTo("listpack");
        assertThat(redis.commands().memoryUsage(key)).isLessThan(bytes);
    }
}
