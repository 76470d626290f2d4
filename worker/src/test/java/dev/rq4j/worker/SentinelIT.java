package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.embedded.EmbeddedSentinel;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A client and a worker that find the master by Sentinel go where it goes. */
class SentinelIT extends Scene {

    private static final String MAIN = "main";
    /** A planned failover takes some ten seconds until the old master is told. */
    private static final Duration FAILOVER = Duration.ofSeconds(40);

    private final EmbeddedRedis first = EmbeddedRedis.start();
    private final EmbeddedRedis second = EmbeddedRedis.start("--replicaof", "127.0.0.1", "" + first.port());
    private final EmbeddedSentinel sentinel = EmbeddedSentinel.watching(MAIN, first);
    private final RedisClient driver = RedisClient.create();
    private RedisSentinelCommands<String, String> watch;
    private RawRedis other;

    @Override
    @BeforeEach
    void meet(JobClient shared, RawRedis sharedRedis) {
        super.meet(JobClient.connect(sentinel.uri()), new RawRedis(first.uri(), "rq"));
        other = new RawRedis(second.uri(), "rq");
        watch = driver.connectSentinel(RedisURI.create("127.0.0.1", sentinel.port()))
                .sync();
        run(worker());
        assertThat(get(enqueue("before").result())).isEqualTo("before");
    }

    @AfterEach
    void leave() {
        stopWorkers();
        RedisExtension.close(jobs);
        redis.close();
        other.close();
        driver.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        sentinel.close();
        second.close();
        first.close();
    }

    @Test
    void theyGoOnWithTheNewMasterAfterAFailoverWithTypedErrorsOnly() {
        Eventually.holds(() -> assertThatCode(() -> watch.failover(MAIN)).doesNotThrowAnyException());

        List<Throwable> errors = new ArrayList<>();
        long start = System.nanoTime();
        while (!isDoneByTheOther(tryAJob(errors)) && System.nanoTime() - start < FAILOVER.toNanos()) {
            await(Mono.delay(Duration.ofMillis(50)));
        }
        System.out.printf(
                "after a failover by Sentinel: %d ms, with %d errors%n",
                Duration.ofNanos(System.nanoTime() - start).toMillis(), errors.size());

        assertThat(errors).hasOnlyElementsOfType(JobException.class);
        JobHandle<String> job = enqueue("after");
        assertThat(get(job.result())).isEqualTo("after");
        assertThat(isDoneByTheOther(job.id())).isTrue();
    }

    /** Enqueues a job and waits for it for some time, since it may be among the writes that a failover loses. */
    private JobId tryAJob(List<Throwable> errors) {
        JobId id = JobId.random();
        try {
            JobHandle<String> job = enqueue("meanwhile", options -> options.id(id));
            await(job.result().timeout(Duration.ofSeconds(5), Mono.empty()));
        } catch (RuntimeException error) {
            errors.add(error);
        }
        return id;
    }

    private boolean isDoneByTheOther(JobId job) {
        try {
            return other.commands().role().get(0).equals("master")
                    && "finished".equals(other.job(job).get("status"));
        } catch (RedisException reset) {
            // a server resets its connections when it becomes the master
            return false;
        }
    }

    @Test
    void aConnectionThatLeadsToAReplicaIsGivenUpForOneToTheMaster() {
        watch.remove(MAIN);
        watch.monitor(MAIN, "127.0.0.1", second.port(), 1);
        other.commands().replicaofNoOne();
        redis.commands().replicaof("127.0.0.1", second.port());

        JobHandle<String> job = enqueue("after");

        assertThat(get(job.result())).isEqualTo("after");
        assertThat(other.job(job.id())).containsEntry("status", "finished");
    }
}
