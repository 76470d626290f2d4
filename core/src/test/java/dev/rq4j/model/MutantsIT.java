package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the model is worth: it sees each of these faults. {@code -Dmutants.histories} lets it look longer; one that lives on
 * is a place where the model is blind.
 */
class MutantsIT {

    private static final int HISTORIES = Integer.getInteger("mutants.histories", 6);
    private static final int STEPS = 300;
    /** Much that can go wrong goes wrong only when an answer is lost. */
    private static final int LOSS_PERCENT = 10;

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void theModelSees(Mutant mutant) throws ReflectiveOperationException {
        LongConsumer play = playing(mutant);

        Throwable seen = null;
        for (long seed = 1; seed <= HISTORIES && seen == null; seed++) {
            long next = seed;
            seen = catchThrowable(() -> play.accept(next));
        }

        assertThat(seen).as("what is seen of it in %s histories", HISTORIES).isNotNull();
        assertThat(seen).as("a fault that runs").hasMessageNotContainingAny("Error compiling", "does not say any more");
    }

    private static LongConsumer playing(Mutant mutant) throws ReflectiveOperationException {
        Constructor<?> play = Class.forName(Play.class.getName(), true, new MutantLoader(mutant))
                .getDeclaredConstructor(int.class, int.class);
        play.setAccessible(true);
        return (LongConsumer) play.newInstance(STEPS, LOSS_PERCENT);
    }

    static List<Mutant> mutants() {
        return Mutant.ALL;
    }
}
