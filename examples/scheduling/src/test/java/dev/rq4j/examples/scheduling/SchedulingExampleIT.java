package dev.rq4j.examples.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class SchedulingExampleIT {

    @Test
    void tellsItsStoryAndEndsByItself() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            Scheduling story = new Scheduling(new PrintStream(text, true, StandardCharsets.UTF_8), jobs);

            StepVerifier.create(story.tell().then(jobs.close()))
                    .expectComplete()
                    .verify(Duration.ofMinutes(1));
        }

        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "in a quarter of a second sent",
                        "at a given time sent",
                        "expired before it started",
                        "ran 3 times",
                        "the digest is due on 2026-03-28T02:30",
                        "the digest is due on 2026-03-29T03:00",
                        "the digest is due on 2026-03-30T02:30",
                        "fired now: the digest sent");
    }
}
