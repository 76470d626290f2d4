package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
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
    void theModelSees(Mutant mutant) throws ReflectiveOperationException, IOException {
        assertThat(text(mutant)).as("the script").contains(mutant.original());
        LongConsumer play = playing(mutant);

        Throwable seen = null;
        for (long seed = 1; seed <= HISTORIES && seen == null; seed++) {
            long next = seed;
            seen = catchThrowable(() -> play.accept(next));
        }

        assertThat(seen).as("what is seen of it in %s histories", HISTORIES).isNotNull();
        assertThat(seen).as("a fault that runs").hasMessageNotContaining("Error compiling");
    }

    private static String text(Mutant mutant) throws IOException {
        String script = '/' + MutantLoader.SCRIPTS + mutant.script();
        try (InputStream text = Objects.requireNonNull(MutantsIT.class.getResourceAsStream(script), script)) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
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
