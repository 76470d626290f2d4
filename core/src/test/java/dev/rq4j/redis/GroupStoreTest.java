package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.GroupProgress;
import dev.rq4j.redis.GroupStore.Count;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What counts tell of the progress of a group. */
class GroupStoreTest {

    private static final GroupProgress ONE_WAITS = new GroupProgress(1, 0, 1, 0, 0, 0, 0);
    private static final GroupProgress TWO_FINISHED = new GroupProgress(0, 0, 2, 0, 0, 0, 0);

    @Test
    void onlyAnExactCountTellsThatAllHaveEnded() {
        Flux<Count> counts = Flux.just(
                new Count(2, ONE_WAITS),
                new Count(3, TWO_FINISHED),
                new Count(3, ONE_WAITS),
                new Count(2, TWO_FINISHED),
                new Count(2, ONE_WAITS));

        StepVerifier.create(GroupStore.told(counts))
                .expectNext(ONE_WAITS, TWO_FINISHED)
                .verifyComplete();
    }

    @Test
    void aCountThatTookLongIsFollowedByARestOfSomeSecondsAtMost() {
        assertThat(GroupStore.pauseAfter(0)).isEqualTo(Duration.ofMillis(100));
        assertThat(GroupStore.pauseAfter(Duration.ofMillis(50).toNanos())).isEqualTo(Duration.ofMillis(500));
        assertThat(GroupStore.pauseAfter(Duration.ofSeconds(6).toNanos())).isEqualTo(Duration.ofSeconds(5));
    }
}
