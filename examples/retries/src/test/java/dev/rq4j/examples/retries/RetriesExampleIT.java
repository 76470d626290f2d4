package dev.rq4j.examples.retries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class RetriesExampleIT {

    @Test
    void tellsItsStoryAndEndsByItself() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            Retries story = new Retries(new PrintStream(text, true, StandardCharsets.UTF_8), jobs);

            StepVerifier.create(story.tell().then(jobs.close()))
                    .expectComplete()
                    .verify(Duration.ofMinutes(1));
        }

        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "the third attempt: fetched in attempt 3",
                        "a wrong address: java.lang.IllegalArgumentException: no address: nowhere",
                        "the handler asked for: converted in attempt 2",
                        "put off twice, and counted once: ready, attempt 1",
                        "gave up",
                        "  failed attempts on record: 2",
                        "  queued again: gave up once more");
    }
}
