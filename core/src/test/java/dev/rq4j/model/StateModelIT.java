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
        new Play(STEPS, LOSS_PERCENT).accept(seed);
    }

    static LongStream seeds() {
        Long seed = Long.getLong("model.seed");
        long first = seed == null ? 1 : seed;
        return LongStream.range(first, first + Integer.getInteger("model.histories", seed == null ? 6 : 1));
    }
}
