package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** What calls cost a Redis of its own, by the commands that it counts. */
class CallCostIT {

    private static final int MANY = 30;

    private final EmbeddedRedis server = EmbeddedRedis.start();
    private final RawRedis redis = new RawRedis(server.uri(), "rq");
    private final JobClient jobs = JobClient.connect(server.uri());
    private final PretendWorker worker = new PretendWorker(jobs);

    @AfterEach
    void close() {
        RedisExtension.close(jobs);
        redis.close();
        server.close();
    }

    @Test
    void whoIsAnsweredAsksForNoSignOfLife() {
        for (int i = 0; i < MANY; i++) {
            worker.claim(1, "q");
        }

        assertThat(calls("evalsha")).isGreaterThanOrEqualTo(MANY - 1);
        assertThat(calls("ping")).isLessThan(MANY / 3);
    }

    @Test
    void whoAwaitsManyFromTheirBeginningSubscribesOnce() {
        for (int i = 0; i < MANY; i++) {
            StepVerifier.create(jobs.queue("q").enqueueAndAwait(ECHO, ""))
                    .then(() ->
                            Eventually.holds(() -> assertThat(redis.queue("q")).hasSize(1)))
                    .then(() -> worker.finish(worker.claimOne("q"), "done"))
                    .expectNext("done")
                    .expectComplete()
                    .verify(Eventually.DEADLINE);
        }

        assertThat(calls("subscribe")).isLessThan(MANY / 3);
        assertThat(calls("unsubscribe")).isZero();
    }

    private long calls(String command) {
        Matcher count = Pattern.compile("cmdstat_" + command + ":calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"));
        return count.find() ? Long.parseLong(count.group(1)) : 0;
    }
}
