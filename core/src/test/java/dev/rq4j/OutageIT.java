package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Many callers at a time while Redis is away. */
class OutageIT {

    private static final int CALLERS = 10_000;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final EmbeddedRedis server = EmbeddedRedis.start("--appendonly", "yes");

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void allCallersAreServedWhenItIsBackAndDoNotStormIt() {
        JobClient jobs = JobClient.connect(server.uri());
        get(jobs.queue("q").enqueue(ECHO, "warm"));
        AtomicInteger refused = new AtomicInteger();
        server.kill();
        Mono<Long> made = Flux.range(0, CALLERS)
                .flatMap(
                        i -> jobs.queue("q")
                                .enqueue(ECHO, "hello")
                                .onErrorResume(JobException.ServerUnavailable.class, error -> {
                                    refused.incrementAndGet();
                                    return Mono.empty();
                                }),
                        CALLERS)
                .count()
                .subscribeOn(Schedulers.boundedElastic())
                .cache();
        made.subscribe();

        server.restart();

        long count = get(made);
        try (RawRedis redis = new RawRedis(server.uri(), "rq")) {
            String commands = redis.commands().info("commandstats");
            assertThat(count + refused.get()).isEqualTo(CALLERS);
            assertThat(redis.queue("q")).doesNotHaveDuplicates().hasSizeBetween((int) count + 1, CALLERS + 1);
            assertThat(count).as("of %s", CALLERS).isGreaterThan(CALLERS / 2);
            assertThat(calls(commands, "eval"))
                    .as("how often the text was sent")
                    .isLessThan(10);
            assertThat(calls(commands, "evalsha")).isLessThan(3 * CALLERS);
            assertThat(number(redis.commands().info("stats"), "total_connections_received"))
                    .isLessThanOrEqualTo(10);
        }
        RedisExtension.close(jobs);
    }

    /** In a JVM of its own, where nobody else uses the heap. */
    @Test
    void thoseWhoAreRefusedLeaveNothingInTheHeap() throws Exception {
        server.kill();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Refused.class.getName(),
                        server.uri())
                .redirectErrorStream(true)
                .start();

        String said = new String(process.getInputStream().readAllBytes());

        assertThat(process.waitFor()).as(said).isZero();
        System.out.println(said.lines()
                .filter(line -> line.contains("refused"))
                .findFirst()
                .orElse(said));
    }

    /** Has 100,000 jobs refused, and ends well if the heap has grown by less than 5 MB. */
    static final class Refused {

        private static final int JOBS = 100_000;
        private static final long MOST = 5 << 20;

        public static void main(String[] args) {
            JobClient jobs = JobClient.connect(args[0]);
            refused(jobs, JOBS / 10);
            long before = used();
            refused(jobs, JOBS);
            long grown = used() - before;
            System.out.println(JOBS + " jobs were refused, and the heap grew by " + grown / 1024 + " KB");
            System.exit(grown < MOST ? 0 : 1);
        }

        /** Each is given up by its caller after a moment, as a web server does. */
        private static void refused(JobClient jobs, int count) {
            Long made = Flux.range(0, count)
                    .flatMap(
                            i -> jobs.queue("q")
                                    .enqueue(ECHO, "hello")
                                    .timeout(Duration.ofMillis(200))
                                    .onErrorResume(error -> Mono.empty()),
                            CALLERS)
                    .count()
                    .block(DEADLINE);
            if (made == null || made != 0) {
                throw new IllegalStateException("none was to be made, but were " + made);
            }
        }

        private static long used() {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            return runtime.totalMemory() - runtime.freeMemory();
        }
    }

    private static long number(String info, String field) {
        return info.lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(field.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    private static long calls(String info, String command) {
        return info.lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+),.*", "$1")))
                .findFirst()
                .orElse(0);
    }
}
