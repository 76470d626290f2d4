package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The metadata of a job, which anybody may change at any time. */
@ExtendWith(RedisExtension.class)
class MetaIT {

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
    void isEmptyUntilSomebodyWritesSomething() {
        assertThat(get(job.meta())).isEmpty();

        assertThat(get(job.updateMeta(put("who", "ada")))).isEqualTo(Map.of("who", "ada"));

        assertThat(get(job.meta())).isEqualTo(Map.of("who", "ada"));
        assertThat(redis.job(job.id())).containsEntry("meta", "{\"who\":\"ada\"}");
    }

    @Test
    void anUpdateStartsFromWhatIsThere() {
        get(job.updateMeta(meta -> Map.of("a", 1, "b", List.of(true), "c", Map.of("d", 2.5))));
        get(job.updateMeta(put("a", 2)));
        get(job.updateMeta(meta -> {
            meta.remove("b");
            return meta;
        }));

        assertThat(get(job.meta())).isEqualTo(Map.of("a", 2, "c", Map.of("d", 2.5)));
        assertThat(get(job.updateMeta(meta -> Map.of()))).isEmpty();
        assertThat(get(job.meta())).isEmpty();
    }

    @Test
    void noUpdateIsLost() {
        UnaryOperator<Map<String, Object>> count = meta -> {
            meta.merge("count", 1, (old, one) -> (Integer) old + 1);
            return meta;
        };

        Flux.range(0, 200)
                .flatMap(i -> job.updateMeta(count).subscribeOn(Schedulers.parallel()), 8)
                .then()
                .block(Eventually.DEADLINE);

        assertThat(get(job.meta())).isEqualTo(Map.of("count", 200));
    }

    @Test
    void theChangeIsCalledAgainWhenSomebodyElseWasFaster() {
        AtomicInteger calls = new AtomicInteger();

        Map<String, Object> written = get(job.updateMeta(meta -> {
            if (calls.incrementAndGet() == 1) {
                redis.commands().hset(redis.key("job:" + job.id()), "meta", "{\"python\": true}");
            }
            meta.put("java", true);
            return meta;
        }));

        assertThat(calls).hasValue(2);
        assertThat(written).isEqualTo(Map.of("python", true, "java", true));
        assertThat(get(job.meta())).isEqualTo(written);
    }

    @Test
    void anUpdateWhoseAnswerIsLostIsMadeOnce() {
        TcpProxy proxy = new TcpProxy(RedisExtension.uri());
        JobClient lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        JobHandle<String> mine = lossy.job(job.id(), String.class);
        get(mine.updateMeta(put("n", 0)));
        AtomicInteger calls = new AtomicInteger();

        get(mine.updateMeta(meta -> {
            proxy.swallowAnswers(1);
            meta.put("n", calls.incrementAndGet());
            return meta;
        }));

        assertThat(proxy.swallowed()).isEqualTo(1);
        assertThat(calls).hasValue(1);
        assertThat(get(job.meta())).isEqualTo(Map.of("n", 1));
        RedisExtension.close(lossy);
        proxy.close();
    }

    @Test
    void anExecutionWritesWhileItHoldsTheJob() {
        Execution running = worker.claimOne("q").execution();

        assertThat(get(jobs.engine().notes().updateMeta(running, put("a", 1)))).isEqualTo(Map.of("a", 1));
        get(job.updateMeta(put("b", 2)));

        assertThat(get(job.meta())).isEqualTo(Map.of("a", 1, "b", 2));
    }

    @Test
    void aJobThatHasEndedCanBeAnnotatedAndIsKeptNoLongerForIt() {
        worker.finish(worker.claimOne("q"), "done");

        get(job.updateMeta(put("seen", true)));

        assertThat(get(job.meta())).isEqualTo(Map.of("seen", true));
        assertThat(redis.ttl("job:" + job.id())).isBetween(1L, 500L);
    }

    @Test
    void aJobThatIsNotThereHasNone() {
        JobHandle<String> nobody = jobs.job(JobId.of("nobody"), String.class);

        signals(nobody.meta(), JobException.NoSuchJob.class);
        signals(nobody.updateMeta(put("a", 1)), JobException.NoSuchJob.class);
        signals(
                job.updateMeta(meta -> {
                    redis.commands().del(redis.key("job:" + job.id()));
                    return meta;
                }),
                JobException.NoSuchJob.class);
        assertThat(redis.keysOf(job.id())).isEmpty();
    }

    @Test
    void whatIsTooLargeIsRefusedInBothDirections() {
        get(job.updateMeta(put("text", "x".repeat(65_000))));
        signals(job.updateMeta(put("more", "x".repeat(1000))), JobException.TooLarge.class);
        assertThat(get(job.meta())).containsOnlyKeys("text");

        redis.commands().hset(redis.key("job:" + job.id()), "meta", "{\"a\": \"" + "x".repeat(65_536) + "\"}");
        signals(job.meta(), JobException.TooLarge.class);
        signals(job.updateMeta(put("a", 1)), JobException.TooLarge.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0080\u0005\u0095\u0014}", "[]", "7", "{\"a\": 1", "{} {}", "hello", "\u00ff"})
    void whatIsNoObjectIsUnreadableAndStays(String field) {
        redis.commands().hset(redis.key("job:" + job.id()), "meta", field);

        signals(job.meta(), JobException.Unreadable.class);
        signals(job.updateMeta(put("a", 1)), JobException.Unreadable.class);
        assertThat(redis.job(job.id())).containsEntry("meta", field);
        assertThat(get(job.snapshot()).id()).isEqualTo(job.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}"})
    void nothingIsAnEmptyMap(String field) {
        redis.commands().hset(redis.key("job:" + job.id()), "meta", field);

        assertThat(get(job.meta())).isEmpty();
        assertThat(get(job.updateMeta(put("a", 1)))).isEqualTo(Map.of("a", 1));
    }

    @Test
    void aChangeThatCannotBeMadeIsSignalledAndWritesNothing() {
        signals(job.updateMeta(put("a", new Object())), JobException.Unwritable.class);
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        signals(job.updateMeta(put("a", itself)), JobException.Unwritable.class);
        signals(job.updateMeta(meta -> null), JobException.Invalid.class);
        StepVerifier.create(job.updateMeta(meta -> {
                    throw new IllegalStateException("on purpose");
                }))
                .expectErrorMessage("on purpose")
                .verify(Eventually.DEADLINE);

        assertThat(redis.job(job.id())).doesNotContainKey("meta");
    }

    private static UnaryOperator<Map<String, Object>> put(String key, Object value) {
        return meta -> {
            Map<String, Object> changed = new HashMap<>(meta);
            changed.put(key, value);
            return changed;
        };
    }

    private static void signals(Mono<?> mono, Class<? extends JobException> error) {
        StepVerifier.create(mono).expectError(error).verify(Eventually.DEADLINE);
    }
}
