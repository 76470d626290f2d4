package dev.rq4j.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.examples.chaos.Entry.What;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowthTest {

    private static final long MEGABYTE = 1 << 20;

    @Test
    void aHeapThatGrowsWithTheJobsIsFoundOut() {
        Growth growth = new Growth(What.HEAP, looks(What.HEAP, 10 * MEGABYTE));

        assertThat(growth.isTooMuch()).isTrue();
        assertThat(growth.slopes()).isEqualTo("1000.0");
    }

    @Test
    void whatStaysAsItIsIsNot() {
        Growth growth = new Growth(What.THREADS, looks(What.THREADS, 0));

        assertThat(growth.isTooMuch()).isFalse();
        assertThat(growth.ends()).isEqualTo("20 to 20");
    }

    @Test
    void whoDiesEarlySaysNothing() {
        assertThat(new Growth(What.FILES, looks(What.FILES, 100).subList(0, 3)).isTooMuch())
                .isFalse();
    }

    /** One each ten thousand jobs, with so much more each time. */
    private static List<Entry> looks(What what, long more) {
        return IntStream.rangeClosed(1, 6)
                .mapToObj(i -> new Entry(what, i, 7, Integer.toString(10_000 * i), Long.toString(20 + i * more)))
                .toList();
    }
}
