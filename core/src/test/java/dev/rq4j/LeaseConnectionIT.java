package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Claims;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Leases are extended on a connection where nothing large is in the way. */
@ExtendWith(RedisExtension.class)
class LeaseConnectionIT {

    private static final int MEGABYTE = 1_000_000;

    @Test
    void largeAnswersOnTheirWayDelayNoHeartbeat(JobClient elsewhere, RawRedis redis) {
        try (TcpProxy proxy = new TcpProxy(RedisExtension.uri())) {
            JobClient jobs = JobClient.connect(
                    proxy.uri() + "?timeout=30s", JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
            PretendWorker worker = new PretendWorker(jobs);
            worker.enqueue("small");
            List<ClaimedJob> held = worker.claim(1, "small");
            get(elsewhere
                    .queue("large")
                    .enqueueAll(Flux.range(0, 16).map(seed -> ECHO.request(noise(seed))))
                    .then(Mono.just(true)));

            proxy.slowTo(2_000);
            long start = System.nanoTime();
            // one claim brings some four megabytes at most
            Mono<Long> large = Flux.range(0, 3)
                    .flatMap(i -> worker.claiming(13, "large"))
                    .reduce(0L, (sum, claims) -> sum + bytes(claims))
                    .cache();
            large.subscribe();
            Mono<Duration> behind = jobs.ping()
                    .then(Mono.fromCallable(() -> Duration.ofNanos(System.nanoTime() - start)))
                    .cache();
            behind.subscribe();
            Duration slowest = Duration.ZERO;
            for (int beat = 0; beat < 20; beat++) {
                long asked = System.nanoTime();
                assertThat(worker.extend(held)).containsExactly(true);
                Duration took = Duration.ofNanos(System.nanoTime() - asked);
                slowest = took.compareTo(slowest) > 0 ? took : slowest;
                get(Mono.delay(Duration.ofMillis(100)));
            }

            Duration delayed = behind.block(Eventually.DEADLINE);
            System.out.printf(
                    "behind an answer of %d bytes: a ping %d ms, the slowest of 20 heartbeats %d ms%n",
                    get(large), delayed.toMillis(), slowest.toMillis());
            assertThat(get(large)).isGreaterThan(10 * MEGABYTE);
            assertThat(delayed).isGreaterThan(Duration.ofSeconds(3));
            assertThat(slowest).isLessThan(Duration.ofSeconds(1));
            RedisExtension.close(jobs);
        }
    }

    private static long bytes(Claims claims) {
        return claims.jobs().stream().mapToLong(ClaimedJob::payloadSize).sum();
    }

    /** Returns a text that does not become much smaller by compression. */
    private static String noise(int seed) {
        return new Random(seed)
                .ints(MEGABYTE, '#', 'Z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
