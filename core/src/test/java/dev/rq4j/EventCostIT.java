package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What events cost. */
class EventCostIT extends CostScene {

    private static final int MANY = 64;

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
}
