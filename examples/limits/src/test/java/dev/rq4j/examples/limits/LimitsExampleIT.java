package dev.rq4j.examples.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class LimitsExampleIT {

    @Test
    void tellsItsStoryAndEndsByItself() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            Limits story = new Limits(new PrintStream(text, true, StandardCharsets.UTF_8), jobs);

            StepVerifier.create(story.tell().then(jobs.close()))
                    .expectComplete()
                    .verify(Duration.ofMinutes(1));
        }

        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "jobs of account 7: one, the other is refused",
                        "  the same is returned: true",
                        "welcomes: [welcomed ada@example.org, welcomed bob@example.org, once is enough]",
                        "of five in a row: synced version 5",
                        "6 calls, at most 2 at a time",
                        "10 calls at 5/s took at least a second: true");
    }
}
