package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Statistics statistics = new Statistics();

    @Test
    void stoppedJobsCountAsFailedAndThoseGivenBackNotAtAll() {
        statistics.count(new Ending.Succeeded(null), SECOND);
        statistics.count(new Ending.Succeeded(null), SECOND);
        statistics.count(new Ending.Failed(new IllegalStateException()), SECOND);
        statistics.count(new Ending.Stopped("asked to"), SECOND);
        statistics.count(new Ending.GivenBack(true), SECOND);

        assertThat(statistics.counts()).isEqualTo(new Statistics.Counts(2, 2, Duration.ofSeconds(5)));
        assertThat(statistics.done()).isEqualTo(4);
    }

    @Test
    void whatWasToldIsNotForgotten() {
        statistics.count(new Ending.Succeeded(null), SECOND);
        assertThat(statistics.counts()).isEqualTo(new Statistics.Counts(1, 0, SECOND));
        statistics.count(new Ending.Succeeded(null), SECOND);

        assertThat(statistics.counts()).isEqualTo(new Statistics.Counts(2, 0, Duration.ofSeconds(2)));
    }
}
