package dev.rq4j.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Runs with {@code mvn verify -Pchaos -Dchaos.seed=S -Dchaos.jobs=N}. */
class ChaosIT {

    @Test
    void everyJobEndsOnceWhateverDies() throws Exception {
        assertThat(Chaos.run()).isEmpty();
    }
}
