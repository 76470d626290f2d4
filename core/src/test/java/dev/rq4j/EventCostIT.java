package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What events cost a Redis of its own, by the commands that it counts, those of scripts among them. */
class EventCostIT {

    private static final int MANY = 64;

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
    void nobodyPaysWhileNobodyListens() {
        enqueue(MANY + 1);
        Map<String, Long> one = cost(() -> worker.claim(1, "q"));
        Map<String, Long> many = cost(() -> worker.claim(MANY, "q"));

        assertThat(many).doesNotContainKey("publish");
        assertThat(many.get("exists")).as("the one question, however many jobs").isEqualTo(one.get("exists"));
        assertThat(redis.keys()).doesNotContain("watched");
    }

    @Test
    void anEventIsOneCommandWhileSomebodyListens() {
        enqueue(3 * MANY);
        List<ClaimedJob> before = worker.claim(MANY, "q");
        long outcomes =
                cost(() -> before.forEach(job -> worker.finish(job, "done"))).get("publish");
        Heard heard = Heard.all(jobs.queue("q").events());
        heard.await(1);

        List<ClaimedJob> claims = worker.claim(MANY, "q");
        heard.await(1 + MANY);
        Map<String, Long> finishing = cost(() -> claims.forEach(job -> worker.finish(job, "done")));
        heard.await(1 + 2 * MANY);

        assertThat(outcomes).as("for those who wait for a result").isEqualTo(MANY);
        assertThat(finishing.get("publish")).isEqualTo(outcomes + MANY);
        assertThat(cost(() -> worker.claim(MANY, "q")).get("publish")).isEqualTo(MANY);
        heard.cancel();
    }

    @Test
    void whoHasListenedCostsNothingWhenTheKeyHasGone() {
        enqueue(2 * MANY);
        Heard heard = Heard.all(jobs.queue("q").events());
        heard.await(1);
        heard.cancel();
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubChannels("rq:events:*")).isEmpty());
        assertThat(cost(() -> worker.claim(MANY, "q")).get("publish")).isEqualTo(MANY);

        assertThat(redis.ttl("watched")).isPositive();
        redis.commands().del("rq:watched");

        assertThat(cost(() -> worker.claim(MANY, "q"))).doesNotContainKey("publish");
    }

    private void enqueue(int count) {
        get(jobs.queue("q")
                .enqueueAll(Flux.range(0, count).map(i -> ECHO.request("hello")))
                .collectList());
    }

    private Map<String, Long> cost(Runnable action) {
        redis.commands().configResetstat();
        action.run();
        return Pattern.compile("cmdstat_([a-z|]+):calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), EventCostIT::calls, Long::sum));
    }

    private static long calls(MatchResult found) {
        return Long.parseLong(found.group(2));
    }
}
