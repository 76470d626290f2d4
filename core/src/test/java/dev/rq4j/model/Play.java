package dev.rq4j.model;

import java.util.function.LongConsumer;

/** Plays the history of a seed to its end, and says what led to it when something is not as it should be. */
final class Play implements LongConsumer {

    private final int steps;
    private final int lossPercent;

    Play(int steps, int lossPercent) {
        this.steps = steps;
        this.lossPercent = lossPercent;
    }

    @Override
    public void accept(long seed) {
        try (Stage stage = new Stage(seed, lossPercent)) {
            History history = new History(stage);
            try {
                history.play(steps);
                history.end();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", at " + stage.world.now() + ", after\n" + stage.trail() + "\n"
                                + e.getMessage(),
                        e);
            }
        }
    }
}
