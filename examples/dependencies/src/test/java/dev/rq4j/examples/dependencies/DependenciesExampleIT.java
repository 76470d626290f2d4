package dev.rq4j.examples.dependencies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class DependenciesExampleIT {

    @Test
    void tellsItsStoryAndEndsByItself() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            Dependencies story = new Dependencies(new PrintStream(text, true, StandardCharsets.UTF_8), jobs);

            StepVerifier.create(story.tell().then(jobs.close()))
                    .expectComplete()
                    .verify(Duration.ofMinutes(1));
        }

        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "a chain returned 7",
                        "3 videos of 18 letters",
                        "told: the dog is there",
                        "children of a failed job: [DEFERRED, CANCELED, FINISHED]",
                        "of 3 jobs, 2 finished and 1 failed",
                        "told: season 1 is complete");
    }
}
