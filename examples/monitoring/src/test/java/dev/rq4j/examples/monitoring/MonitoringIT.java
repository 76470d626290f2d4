package dev.rq4j.examples.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class MonitoringIT {

    @Test
    void tellsItsStoryAndEndsByItself() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            Monitoring story = new Monitoring(new PrintStream(text, true, StandardCharsets.UTF_8), jobs);

            StepVerifier.create(story.tell().then(jobs.close()))
                    .expectComplete()
                    .verify(Duration.ofMinutes(1));
        }

        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        // What comes before is told only to who listens in time.
                        line -> assertThat(line)
                                .startsWith("events: [")
                                .endsWith("STARTED, PROGRESS 50 1 of 2, PROGRESS 100 2 of 2, FINISHED]"),
                        line -> assertThat(line).isEqualTo("progress: Progress[percent=100, message=2 of 2]"),
                        line -> assertThat(line).isEqualTo("metadata: {orders=2}"),
                        line -> assertThat(line).isEqualTo("log: imported 2 orders"),
                        line -> assertThat(line).isEqualTo("attempt: SUCCEEDED, done"),
                        line -> assertThat(line).isEqualTo("scheduled: 3"),
                        line -> assertThat(line).isEqualTo("finished last: import-1 by importer-1"),
                        line -> assertThat(line).isEqualTo("worker: importer-1 of [imports]"),
                        line -> assertThat(line).isEqualTo("paused: the job stays at position 0"),
                        line -> assertThat(line).isEqualTo("resumed: done"),
                        line -> assertThat(line).isEqualTo("mended: 0"),
                        line -> assertThat(line).isEqualTo("jobs kept: 5, measured: 5"));
    }
}
