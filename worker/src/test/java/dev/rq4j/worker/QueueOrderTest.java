package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueueOrderTest {

    private static final List<String> QUEUES = List.of("a", "b", "c");

    @Test
    void strictIsAlwaysTheSame() {
        for (long turn = 0; turn < 5; turn++) {
            assertThat(QueueOrder.STRICT.next(QUEUES, turn)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void roundRobinBeginsWithTheNextEachTime() {
        assertThat(QueueOrder.ROUND_ROBIN.next(QUEUES, 0)).containsExactly("a", "b", "c");
        assertThat(QueueOrder.ROUND_ROBIN.next(QUEUES, 1)).containsExactly("b", "c", "a");
        assertThat(QueueOrder.ROUND_ROBIN.next(QUEUES, 2)).containsExactly("c", "a", "b");
        assertThat(QueueOrder.ROUND_ROBIN.next(QUEUES, 3L * Integer.MAX_VALUE)).containsExactly("a", "b", "c");
        assertThat(QueueOrder.ROUND_ROBIN.next(List.of("only"), 7)).containsExactly("only");
    }

    @Test
    void randomIsEachOrderSometimes() {
        Set<List<String>> seen = new HashSet<>();
        for (long turn = 0; turn < 1000; turn++) {
            seen.add(QueueOrder.RANDOM.next(QUEUES, turn));
        }

        assertThat(seen).hasSize(6).allSatisfy(order -> assertThat(order).containsExactlyInAnyOrder("a", "b", "c"));
    }
}
