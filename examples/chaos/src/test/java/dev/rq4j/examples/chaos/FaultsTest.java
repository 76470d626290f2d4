package dev.rq4j.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.examples.chaos.Entry.What;
import dev.rq4j.examples.chaos.Runs.Run;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {

    private static final Settings SETTINGS = new Settings(1, 1, 3, 32, Duration.ofSeconds(3), 20, Path.of("."));

    private final List<Entry> starts = List.of(
            new Entry(What.START, 1_000, 7, "a", "e1"),
            new Entry(What.START, 5_500, 8, "a", "e2"),
            new Entry(What.END, 5_600, 8, "a", "e2"));
    private final Runs runs = new Runs(starts);
    private final Run first = runs.of("a").get(0);
    private final Run again = runs.of("a").get(1);

    @Test
    void aKillAccountsForASecondStartAndSaysHowLongItTook() {
        Faults faults = faults(Trouble.KILL_WORKER, 7, 2_000);

        assertThat(faults.explain(first, again)).isTrue();
        assertThat(faults.inFlight()).isOne();
        assertThat(faults.recoveries()).containsExactly(3_500L);
    }

    @Test
    void whatHappenedToOthersAccountsForNothing() {
        Faults faults = faults(Trouble.KILL_WORKER, 9, 2_000);

        assertThat(faults.explain(first, again)).isFalse();
        assertThat(faults.inFlight()).isZero();
    }

    @Test
    void aPoliteStopIsNoExcuse() {
        Faults faults = faults(Trouble.TERMINATE_WORKER, 7, 2_000);

        assertThat(faults.stoppedPolitely(first, again)).isTrue();
        assertThat(faults.stoppedPolitely(again, again)).isFalse();
        assertThat(faults.explain(first, again)).isFalse();
        assertThat(faults.inFlight()).isZero();
    }

    @Test
    void whatComesAfterTheSecondStartIsNotToBlame() {
        assertThat(faults(Trouble.TERMINATE_WORKER, 7, 6_000).stoppedPolitely(first, again))
                .isFalse();
    }

    @Test
    void theTimeInWhichNobodyIsAnsweredIsNotCounted() {
        Faults faults = new Faults(
                List.of(
                        new Entry(What.FAULT, 2_000, 7, Trouble.KILL_WORKER.name(), "10"),
                        new Entry(What.FAULT, 2_100, 0, Trouble.SLOW_SCRIPT.name(), "1000")),
                runs,
                SETTINGS);

        assertThat(faults.recoveries()).containsExactly(2_500L);
    }

    private Faults faults(Trouble trouble, long process, long time) {
        return new Faults(List.of(new Entry(What.FAULT, time, process, trouble.name(), "10")), runs, SETTINGS);
    }
}
