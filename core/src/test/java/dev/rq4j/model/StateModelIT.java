package dev.rq4j.model;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories: whatever is asked in whatever order, and with answers lost on the way, every job is where the rules
 * say, and at the end nothing is left. {@code -Dmodel.seed} plays one history again, {@code -Dmodel.histories} so many from
 * there on, and {@code -Dmodel.steps} makes them longer.
 */
class StateModelIT {

    private static final int STEPS = Integer.getInteger("model.steps", 500);
    private static final int LOSS_PERCENT = Integer.getInteger("model.loss", 2);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyJobIsWhereTheRulesSay(long seed) {
        try (Stage stage = new Stage(seed, LOSS_PERCENT)) {
            History history = new History(stage);
            try {
                history.play(STEPS);
                history.end();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", at " + stage.world.now() + ", after\n" + stage.trail() + "\n"
                                + e.getMessage(),
                        e);
            }
        }
    }

    static LongStream seeds() {
        Long seed = Long.getLong("model.seed");
        long first = seed == null ? 1 : seed;
        return LongStream.range(first, first + Integer.getInteger("model.histories", seed == null ? 6 : 1));
    }
}
