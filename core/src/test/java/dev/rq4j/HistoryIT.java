package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobResult;
import dev.rq4j.job.JobResult.Type;
import dev.rq4j.job.TypeRef;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

/** How the attempts at a job ended. */
@ExtendWith(RedisExtension.class)
class HistoryIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private JobHandle<String> job;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.job = worker.enqueue("q");
    }

    @Test
    void isEmptyBeforeAnAttemptHasEnded() {
        assertThat(results()).isEmpty();
        StepVerifier.create(job.latestResult()).verifyComplete();
        StepVerifier.create(jobs.job(JobId.of("nobody"), String.class).results())
                .verifyComplete();
        worker.claimOne("q");
        assertThat(results()).isEmpty();
    }

    @Test
    void tellsHowAnAttemptEnded() {
        ClaimedJob claim = worker.claimOne("q");
        worker.finish(claim, List.of("a", "b"));

        JobResult result = get(job.latestResult());

        assertThat(result.type()).isEqualTo(Type.SUCCEEDED);
        assertThat(result.worker()).isEqualTo("pretend");
        assertThat(result.execution()).isEqualTo(claim.execution().id());
        assertThat(result.trace()).isNull();
        assertThat(result.recorded())
                .isCloseTo(Instant.ofEpochMilli((long) (redis.now() * 1000)), within(5, ChronoUnit.SECONDS));
        assertThat(result.started()).isEqualTo(result.ended().minusMillis(250));
        assertThat(result.value(new TypeRef<List<String>>() {})).containsExactly("a", "b");
        assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> result.value(Integer.class));
        assertThat(result).hasToString("JobResult[SUCCEEDED " + result.recorded() + "]");
        assertThat(results()).extracting(JobResult::execution).containsExactly(result.execution());
    }

    @Test
    void tellsTheNewestFirst() {
        worker.fail(worker.claimOne("q"), "java.io.IOException: broken");
        again();
        worker.stop(worker.claimOne("q"));
        again();
        worker.finish(worker.claimOne("q"), null);

        List<JobResult> results = results();

        assertThat(results).extracting(JobResult::type).containsExactly(Type.SUCCEEDED, Type.FAILED, Type.FAILED);
        assertThat(results)
                .extracting(JobResult::trace)
                .containsExactly(null, "stopped by a test", "java.io.IOException: broken");
        assertThat(results).extracting(result -> result.value(String.class)).containsOnlyNulls();
        assertThat(get(job.latestResult()).execution()).isEqualTo(results.get(0).execution());
    }

    @Test
    void keepsTheLastTen() {
        List<String> ids = IntStream.range(0, 25)
                .mapToObj(i -> {
                    ClaimedJob claim = worker.claimOne("q");
                    worker.finish(claim, "run " + i);
                    again();
                    assertThat(redis.history(job.id())).hasSize(Math.min(i + 1, 10));
                    return claim.execution().id();
                })
                .toList();

        assertThat(results()).extracting(JobResult::execution).isEqualTo(reversed(ids.subList(15, 25)));
        assertThat(get(job.latestResult()).value(String.class)).isEqualTo("run 24");
    }

    @Test
    void whatPythonLeftBeyondThatIsReadPageByPage() {
        for (int i = 0; i < 41; i++) {
            add(Map.of("type", "1", "return_value", "Mw==", "worker_name", "w" + i));
        }

        assertThat(results())
                .extracting(JobResult::worker)
                .isEqualTo(
                        reversed(IntStream.range(0, 41).mapToObj(i -> "w" + i).toList()));
        assertThat(results()).allMatch(result -> result.value(Integer.class) == 3);
        assertThat(job.results().take(1).single().block(Eventually.DEADLINE).worker())
                .isEqualTo("w40");
    }

    @Test
    void whatOthersWroteIsReadLeniently() {
        add(Map.of("no", "thing"));
        add(Map.of(
                "type", "2", "exc_string", "no base64", "execution_started_at", "soon", "execution_ended_at", "1e999"));
        add(Map.of("type", "4", "return_value", "IlVuc2VyaWFsaXphYmxlIHJldHVybiB2YWx1ZSI=", "worker_name", ""));
        add(Map.of("type", "5", "execution_started_at", "1795411469.83724"));
        add(Map.of("type", "1", "return_value", "!!"));
        add(Map.of("type", "1", "return_value", "gAVLAy4="));

        List<JobResult> results = results();

        assertThat(results)
                .extracting(JobResult::type)
                .containsExactly(
                        Type.SUCCEEDED,
                        Type.SUCCEEDED,
                        Type.MAX_RETRIES_EXCEEDED,
                        Type.RETRIED,
                        Type.FAILED,
                        Type.UNKNOWN);
        for (JobResult unreadable : results.subList(0, 2)) {
            assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> unreadable.value(Integer.class));
        }
        assertThat(results.get(2).started()).isEqualTo(Instant.ofEpochSecond(1795411469, 837_240_000));
        assertThat(results.get(3).value(String.class)).isEqualTo("Unserializable return value");
        assertThat(results.get(3).worker()).isNull();
        assertThat(results.get(4).trace()).isNotEmpty();
        assertThat(results.get(4).started()).isNull();
        assertThat(results.get(4).ended()).isNull();
        assertThat(results.get(5).value(String.class)).isNull();
    }

    private List<JobResult> results() {
        return job.results().collectList().block(Eventually.DEADLINE);
    }

    private void add(Map<String, String> entry) {
        redis.commands().xadd(redis.key("results:" + job.id()), entry);
    }

    /** Queues the job once more, as Python's requeue does. */
    private void again() {
        redis.commands().hset(redis.key("job:" + job.id()), "status", "queued");
        redis.commands().rpush(redis.key("queue:q"), job.id().value());
    }

    private static List<String> reversed(List<String> list) {
        return IntStream.range(0, list.size())
                .mapToObj(i -> list.get(list.size() - 1 - i))
                .toList();
    }
}
