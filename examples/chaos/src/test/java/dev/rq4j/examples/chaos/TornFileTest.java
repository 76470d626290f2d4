package dev.rq4j.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TornFileTest {

    private static final String WHOLE = "*1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nDEL\r\n$1\r\na\r\n*1\r\n$4\r\nEXEC\r\n";

    @TempDir
    Path directory;

    @Test
    void nothingStaysOfAScriptWhereverItIsTorn() throws IOException {
        for (int cut = "*1\r\n$5\r\nMULTI\r\n".length(); cut < WHOLE.length(); cut++) {
            assertThat(sound(WHOLE + WHOLE.substring(0, cut))).isEqualTo(WHOLE.length());
        }
    }

    @Test
    void whatIsWholeStays() throws IOException {
        assertThat(sound(WHOLE)).isEqualTo(WHOLE.length());
        assertThat(sound("")).isZero();
    }

    @Test
    void aSingleCommandThatIsTornIsLeftToRedis() throws IOException {
        String torn = WHOLE + "*2\r\n$3\r\nDE";

        assertThat(sound(torn)).isEqualTo(torn.length());
    }

    private long sound(String content) throws IOException {
        try (FileChannel file = FileChannel.open(Files.writeString(directory.resolve("aof"), content))) {
            return TornFile.sound(file);
        }
    }
}
