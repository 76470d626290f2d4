package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.job.JobException;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Names that could reach elsewhere, at every door: they are refused before anything is sent, and said what for. */
@ExtendWith(RedisExtension.class)
class HostileNamesIT {

    private TcpProxy proxy;
    private JobClient jobs;

    @BeforeEach
    void watchTheLine(RawRedis redis) {
        proxy = new TcpProxy(RedisExtension.uri());
        jobs = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
    }

    @AfterEach
    void hangUp() {
        RedisExtension.close(jobs);
        proxy.close();
    }

    /** The client connects when there is something to send: who never connects has sent nothing. */
    @ParameterizedTest
    @MethodSource("dev.rq4j.worker.Door#all")
    void isRefusedAtTheDoor(Door door) {
        List<String> letIn = new ArrayList<>();
        for (String name : hostile(door)) {
            Throwable refusal = catchThrowable(() -> enter(door, name));
            if (refusal == null) {
                letIn.add(name);
                continue;
            }
            assertThat(refusal).isInstanceOf(JobException.Invalid.class).hasNoCause();
            assertThat(refusal.getMessage())
                    .matches("(?:a|the) .+ must be .+, but was \".*\"")
                    .matches("[ -~]{1,500}")
                    .contains("\"" + escaped(name));
        }
        assertThat(letIn).isEmpty();
        assertThat(proxy.accepted()).as("connections to Redis").isZero();
    }

    @Test
    void whoHasAGoodNameIsLetIn() {
        assertThat(jobs.queue("good.name-1_A").size().block(Eventually.DEADLINE))
                .isZero();
        assertThat(proxy.accepted()).isPositive();
    }

    @Test
    void whatIsTakenThoughItLooksOddReachesNothingElse(RawRedis redis) {
        Task<String, String> task = Task.of("tests.odd", String.class, String.class);
        Set<String> keys = admitted("RateLimit.rate");
        Set<String> uniques = admitted("Unique.untilEnded");

        Flux.fromIterable(keys)
                .concatMap(key -> jobs.queue("q")
                        .enqueue(
                                task,
                                "x",
                                job -> job.limit(RateLimit.concurrency(key, 1))
                                        .limit(RateLimit.rate(key, 1, Duration.ofHours(1)))))
                .thenMany(Flux.fromIterable(uniques))
                .concatMap(key -> jobs.queue("q").enqueue(task, "x", job -> job.unique(Unique.untilEnded(key))))
                .blockLast(Eventually.DEADLINE);

        assertThat(redis.keys())
                .allMatch(key ->
                        key.matches("(?s)(job:[0-9a-f-]{36}|queues|queue:q|rl-keys|rl:[^:{}]+(:allowed)?|unique:.*)"));
        assertThat(redis.keys().stream().filter(key -> key.startsWith("unique:")))
                .hasSameSizeAs(uniques);
    }

    private void enter(Door door, String name) {
        Object entered = door.enter().apply(jobs, name);
        if (entered instanceof Publisher<?> publisher) {
            Flux.from(publisher).blockLast(Eventually.DEADLINE);
        }
    }

    private static List<String> hostile(Door door) {
        return Stream.concat(
                        Door.HOSTILE.stream(),
                        Door.ODD.stream().filter(odd -> !door.admitted().contains(odd)))
                .toList();
    }

    private static Set<String> admitted(String door) {
        return Door.all()
                .filter(each -> each.name().equals(door))
                .findFirst()
                .orElseThrow()
                .admitted();
    }

    /** What is said of the first three characters of a name. */
    private static String escaped(String name) {
        StringBuilder said = new StringBuilder();
        name.chars().limit(3).forEach(c -> said.append(c >= ' ' && c <= '~' ? "" + (char) c : "\\u%04x".formatted(c)));
        return said.toString();
    }
}
