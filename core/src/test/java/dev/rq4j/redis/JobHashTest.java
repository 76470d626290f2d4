package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobHashTest {

    @Test
    void showsWhatIsToComeAndWhatTheJobWaitsFor() {
        Job job = read(Map.of(
                "status", "scheduled",
                "retries_left", "2",
                "failures", "1",
                "repeats_left", "4",
                "dependency_ids", "[\"a\", \"b\"]",
                "group_id", "nightly",
                "not_before", "1767323045.678",
                "progress", "50",
                "progress_message", "half way"));

        assertThat(job.status()).isEqualTo(JobStatus.SCHEDULED);
        assertThat(job.attempts()).isEqualTo(new Job.Attempts(0, 1, 2, 4));
        assertThat(job.dependencies()).containsExactly(JobId.of("a"), JobId.of("b"));
        assertThat(job.group()).isEqualTo("nightly");
        assertThat(job.times().notBefore()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678Z"));
        assertThat(job.progress()).isEqualTo(new Job.Progress(50, "half way"));
    }

    @Test
    void whatIsAbsentIsAbsent() {
        Job job = read(Map.of("status", "queued", "group_id", ""));

        assertThat(job.attempts()).isEqualTo(new Job.Attempts(0, 0, null, null));
        assertThat(job.dependencies()).isEmpty();
        assertThat(job.group()).isNull();
        assertThat(job.times().notBefore()).isNull();
        assertThat(job.progress()).isNull();
    }

    @Test
    void whatIsAbsurdIsAbsentAndBreaksNothing() {
        Job job = read(Map.of(
                "retries_left", "many",
                "dependency_ids", "[\"ok\", \"a:b\", 5",
                "not_before", "1e300",
                "progress", "NaN"));

        assertThat(job.attempts().retriesLeft()).isNull();
        assertThat(job.dependencies()).isEmpty();
        assertThat(job.times().notBefore()).isNull();
        assertThat(job.progress()).isNull();
        assertThat(read(Map.of("dependency_ids", "[\"ok\", \"a:b\", 5]")).dependencies())
                .containsExactly(JobId.of("ok"));
        assertThat(read(Map.of("progress", "101")).progress()).isNull();
    }

    private static Job read(Map<String, String> texts) {
        Map<String, byte[]> hash = new HashMap<>();
        texts.forEach((field, text) -> hash.put(field, Args.bytes(text)));
        return JobHash.read(JobId.of("id"), hash, null, null, JacksonCodec.create());
    }
}
