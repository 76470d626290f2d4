package dev.rq4j.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.examples.chaos.Schedule.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void theSeedDecidesEverything() {
        assertThat(Schedule.of(7, 50_000)).isEqualTo(Schedule.of(7, 50_000)).isNotEqualTo(Schedule.of(8, 50_000));
    }

    @Test
    void aMillionJobsMeetEveryTroubleAsOftenAsIsAskedFor() {
        List<Fault> faults = Schedule.of(1, 1_000_000);

        for (Trouble trouble : Trouble.values()) {
            assertThat(faults.stream().filter(fault -> fault.trouble() == trouble))
                    .hasSize(trouble.count(1_000_000));
        }
        assertThat(Trouble.KILL_WORKER.count(1_000_000)).isGreaterThanOrEqualTo(50);
        assertThat(Trouble.TERMINATE_WORKER.count(1_000_000)).isGreaterThanOrEqualTo(50);
        assertThat(Trouble.CUT_POWER.count(1_000_000)).isGreaterThanOrEqualTo(20);
    }

    @Test
    void faultsComeInTheOrderInWhichTheyAreListed() {
        assertThat(Schedule.of(3, 50_000).stream().map(Fault::at))
                .isSorted()
                .allSatisfy(at -> assertThat(at).isBetween(1, 49_999));
    }
}
