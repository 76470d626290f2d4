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
                .containsExactly(
                        "events: [SCHEDULED, QUEUED, STARTED, PROGRESS 50 1 of 2, PROGRESS 100 2 of 2, FINISHED]",
                        "progress: Progress[percent=100, message=2 of 2]",
                        "metadata: {orders=2}",
                        "log: imported 2 orders",
                        "attempt: SUCCEEDED, done",
                        "scheduled: 3",
                        "finished last: import-1 by importer-1",
                        "worker: importer-1 of [imports] IDLE",
                        "paused: the job stays at position 0",
                        "resumed: done");
    }
}
