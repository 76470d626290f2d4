package dev.rq4j.redis;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.redis.RedisErrors.Meaning;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.Trouble;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What servers answer when they are in trouble, as they really answer it, and what a client makes of it. */
class RedisErrorsIT {

    private static final String PREFIX = "{rq}";

    @ParameterizedTest
    @CsvSource({
        "LOADING, LATER, ServerUnavailable",
        "BUSY, LATER, ServerUnavailable",
        "MISCONF, LATER, ServerUnavailable",
        "MASTERDOWN, LATER, ServerUnavailable",
        "NOREPLICAS, LATER, ServerUnavailable",
        "CLUSTERDOWN, LATER, ServerUnavailable",
        "READONLY, RECONNECT, ServerReadOnly",
        "OOM, STOP, ServerFull",
    })
    void eachAnswerHasOneMeaning(Trouble trouble, Meaning meaning, String error) {
        try (EmbeddedRedis server = trouble.start();
                RawRedis raw = new RawRedis(server.uri(), PREFIX)) {
            RedisConnections connections = new RedisConnections(RedisEndpoint.of(server.uri()), new ServerCheck(false));
            Redis redis = new Redis(connections, new Keys(PREFIX), Schedulers.immediate());
            Mono<String> write = redis.once(commands -> commands.eval(
                            "#!lua\nreturn redis.call('SET', KEYS[1], 1)", ScriptOutputType.STATUS, PREFIX + "x")
                    .next()
                    .cast(String.class));
            assertThat(write.block(Eventually.DEADLINE)).isEqualTo("OK");

            trouble.inflict(server, raw);

            Eventually.holds(() -> {
                Throwable caught = write.<Throwable>map(ok -> new AssertionError("no trouble"))
                        .onErrorResume(Mono::just)
                        .block(Eventually.DEADLINE);
                assertThat(caught.getClass().getSimpleName()).isEqualTo(error);
                assertThat(caught.getCause()).isInstanceOfSatisfying(RedisCommandExecutionException.class, answer -> {
                    assertThat(answer.getMessage()).startsWith(trouble.name());
                    assertThat(RedisErrors.meaning(answer)).isEqualTo(meaning);
                });
            });
            trouble.cure(server, raw);
            Eventually.holds(() -> assertThat(write.onErrorResume(still -> Mono.just(still.toString()))
                            .block(Eventually.DEADLINE))
                    .isEqualTo("OK"));
            connections.close().block(Eventually.DEADLINE);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OOM")
    void whatPassesWithinTheClientsPatienceNobodyNotices(Trouble trouble) {
        try (EmbeddedRedis server = trouble.start();
                RawRedis raw = new RawRedis(server.uri(), PREFIX)) {
            JobClient jobs = JobClient.connect(server.uri(), JobClientOptions.DEFAULTS.withPrefix(PREFIX));
            get(jobs.queue("q").enqueue(ECHO, "before"));

            trouble.inflict(server, raw);
            Mono<JobHandle<String>> meanwhile =
                    jobs.queue("q").enqueue(ECHO, "meanwhile").cache();
            meanwhile.subscribe(job -> {}, error -> {});
            get(Mono.delay(Duration.ofMillis(500)));
            trouble.cure(server, raw);

            get(meanwhile);
            assertThat(get(jobs.queue("q").size())).isEqualTo(2);
            RedisExtension.close(jobs);
        }
    }

    @Test
    void aReplicaIsAskedForAgainOnceASecondAtMost() {
        try (EmbeddedRedis server = Trouble.READONLY.start();
                RawRedis raw = new RawRedis(server.uri(), PREFIX)) {
            JobClient jobs = JobClient.connect(server.uri(), JobClientOptions.DEFAULTS.withPrefix(PREFIX));
            get(jobs.ping().thenReturn(true));
            long before = connections(raw);
            Trouble.READONLY.inflict(server, raw);

            long start = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                jobs.queue("q").enqueue(ECHO, "x").subscribe(job -> {}, error -> {});
            }
            Throwable error = jobs.queue("q")
                    .enqueue(ECHO, "x")
                    .<Throwable>map(job -> new AssertionError("written"))
                    .onErrorResume(Mono::just)
                    .block(Eventually.DEADLINE);

            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            assertThat(error).isInstanceOf(JobException.ServerReadOnly.class);
            assertThat(connections(raw) - before).isBetween(2L, seconds + 2);
            RedisExtension.close(jobs);
        }
    }

    private static long connections(RawRedis raw) {
        return raw.commands()
                .info("stats")
                .lines()
                .filter(line -> line.startsWith("total_connections_received:"))
                .mapToLong(line -> Long.parseLong(line.split(":", 2)[1].strip()))
                .sum();
    }
}
