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

        assertThat(statistics.take()).isEqualTo(new Statistics.Counts(2, 2, Duration.ofSeconds(5)));
        assertThat(statistics.isEmpty()).isTrue();
        assertThat(statistics.done()).isEqualTo(4);
    }

    @Test
    void whatCouldNotBeToldIsToldTheNextTime() {
        statistics.count(new Ending.Succeeded(null), SECOND);
        Statistics.Counts lost = statistics.take();
        statistics.count(new Ending.Succeeded(null), SECOND);

        statistics.putBack(lost);

        assertThat(statistics.isEmpty()).isFalse();
        assertThat(statistics.take()).isEqualTo(new Statistics.Counts(2, 0, Duration.ofSeconds(2)));
    }
}
