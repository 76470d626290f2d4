package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.testing.Eventually;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** What calls cost. */
class CallCostIT extends CostScene {

    private static final int MANY = 30;

    @Test
    void whoIsAnsweredAsksForNoSignOfLife() {
        Map<String, Long> cost = cost(() -> times(() -> worker.claim(1, "q")));

        assertThat(cost.get("evalsha")).isGreaterThanOrEqualTo(MANY - 1);
        assertThat(cost.getOrDefault("ping", 0L)).isLessThan(MANY / 3);
    }

    @Test
    void whoAwaitsManyFromTheirBeginningSubscribesOnce() {
        Map<String, Long> cost = cost(() -> times(() -> StepVerifier.create(
                        jobs.queue("q").enqueueAndAwait(ECHO, ""))
                .then(() -> Eventually.holds(() -> assertThat(redis.queue("q")).hasSize(1)))
                .then(() -> worker.finish(worker.claimOne("q"), "done"))
                .expectNext("done")
                .expectComplete()
                .verify(Eventually.DEADLINE)));

        assertThat(cost.getOrDefault("subscribe", 0L)).isLessThan(MANY / 3);
        assertThat(cost.getOrDefault("unsubscribe", 0L)).isZero();
    }

    private static void times(Runnable action) {
        for (int i = 0; i < MANY; i++) {
            action.run();
        }
    }
}
