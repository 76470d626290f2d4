package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LullTest {

    /** What nanoTime counts from is anything. */
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);

    private final Lull lull = new Lull(clock::get);

    @Test
    void isLongAfterAMinuteHoweverOftenAWaitEnds() {
        for (int i = 0; i < 599; i++) {
            pass(Duration.ofMillis(100));
            assertThat(lull.isLong()).isFalse();
        }
        pass(Duration.ofMillis(100));

        assertThat(lull.isLong()).isTrue();
    }

    @Test
    void isAskedAboutWhenTheWaitForTheOnlyQueueEnds() {
        for (int i = 0; i < 10; i++) {
            assertThat(lull.isToBeAskedAbout()).isFalse();
            pass(Duration.ofSeconds(5));
            assertThat(lull.isToBeAskedAbout()).isTrue();
        }
    }

    @Test
    void isAskedAboutNoOftenerWhereThereAreMany() {
        int asked = 0;
        for (int i = 0; i < 120; i++) {
            pass(Duration.ofMillis(5000 / 12));
            asked += lull.isToBeAskedAbout() ? 1 : 0;
        }

        assertThat(asked).isBetween(10, 13);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
