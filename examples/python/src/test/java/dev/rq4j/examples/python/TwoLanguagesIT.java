package dev.rq4j.examples.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The example itself. */
class TwoLanguagesIT {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void tellsItsStory() {
        Bench.assumePython();
        TwoLanguages.tell(new PrintStream(printed, true, UTF_8), PythonRq.find());
        assertThat(printed.toString(UTF_8))
                .contains("Python returned Summary[title=Sales, total=12]")
                .contains("ValueError: no figures for the report 'Nothing'\n    Traceback (most recent call last):")
                .contains("Python was answered {'id': 'mail-1', 'bytes': 5}");
    }

    @Test
    void saysSoWhenThereIsNoPython() {
        Optional<PythonRq> none = PythonRq.find(Stream.of(null, "no-such-python", "false"));
        assertThat(none).isEmpty();
        TwoLanguages.tell(new PrintStream(printed, true, UTF_8), none);
        assertThat(printed.toString(UTF_8).strip()).isEqualTo(PythonRq.MISSING);
    }
}
