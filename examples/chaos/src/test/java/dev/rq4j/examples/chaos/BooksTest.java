package dev.rq4j.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.examples.chaos.Books.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BooksTest {

    @TempDir
    Path directory;

    @Test
    void aJobThatIsMadeAndFinishedHasEndedOnce() throws IOException {
        Page page = page(command("HSET", "rq:job:a", "status", "queued")
                + command("HSET", "rq:job:a", "status", "started", "execution_id", "e")
                + command("HSET", "rq:job:a", "status", "finished")
                + command("DEL", "rq:job:a"));

        assertThat(page.end()).isEqualTo(End.FINISHED);
        assertThat(page.ends()).isOne();
        assertThat(page.made()).isOne();
        assertThat(page.isLive()).isFalse();
    }

    @Test
    void aJobThatGoesBeforeItHasEndedIsGone() throws IOException {
        Page page = page(command("HSET", "rq:job:a", "status", "started") + command("DEL", "rq:log:a", "rq:job:a"));

        assertThat(page.end()).isEqualTo(End.GONE);
    }

    @Test
    void aJobThatComesAsADumpIsMade() throws IOException {
        String made = command("RESTORE", "rq:job:a", "0", "dump");

        assertThat(page(made).isLive()).isTrue();
        assertThat(page(made + command("HSET", "rq:job:a", "status", "scheduled"))
                        .made())
                .isOne();
        assertThat(page(made + command("DEL", "rq:job:a")).end()).isEqualTo(End.GONE);
    }

    @Test
    void whoEndsItAgainIsFoundOut() throws IOException {
        Page page = page(
                command("HSET", "rq:job:a", "status", "finished") + command("HSET", "rq:job:a", "status", "failed"));

        assertThat(page.ends()).isEqualTo(2);
    }

    @Test
    void ofATornScriptNothingWasDone() throws IOException {
        Page page = page(command("HSET", "rq:job:a", "status", "started")
                + command("MULTI")
                + command("HSET", "rq:job:a", "status", "finished")
                + command("MULTI")
                + command("HSET", "rq:job:a", "description", "other")
                + command("EXEC"));

        assertThat(page.isLive()).isTrue();
        assertThat(page.ends()).isZero();
    }

    @Test
    void twoJobsOfOneUniqueKeyAtATimeAreFoundOut() throws IOException {
        String first = command("HSET", "rq:job:b", "status", "queued", "unique_key", "k");
        String second = command("HSET", "rq:job:a", "status", "queued", "unique_key", "k");

        assertThat(page(first + second).sharesKey()).isTrue();
        assertThat(page(first + command("HSET", "rq:job:b", "status", "finished") + second)
                        .sharesKey())
                .isFalse();
    }

    private Page page(String history) throws IOException {
        Path file = Files.writeString(directory.resolve("appendonly.aof.1.incr.aof"), history);
        return Books.of(new TreeSet<>(List.of(file))).page("a");
    }

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }
}
