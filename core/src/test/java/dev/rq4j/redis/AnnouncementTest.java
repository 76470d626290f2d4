package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementTest {

    @Test
    void namesTheJobAndHowItEnded() {
        Announcement told = read("Vsome-job:ImRvbmUi");

        assertThat(told.job()).isEqualTo("some-job");
        assertThat(told.outcome().status()).isEqualTo(JobStatus.FINISHED);
        assertThat(told.outcome().value()).asString().isEqualTo("\"done\"");
        assertThat(read("Nj:").outcome().value()).isNull();
        assertThat(read("Sj:").outcome().status()).isEqualTo(JobStatus.STOPPED);
        assertThat(read("Cj:").outcome().status()).isEqualTo(JobStatus.CANCELED);
        assertThat(read("Dj:").outcome()).isSameAs(Outcome.GONE);
        assertThat(read("Xj:").outcome().expired()).isTrue();
    }

    @Test
    void ofALargeResultSaysToReadIt() {
        assertThat(read("Rj:").outcome()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "V", "Vno-colon"})
    void isNothingOfTheKind(String message) {
        assertThat(read(message)).isNull();
    }

    private static Announcement read(String message) {
        return Announcement.read(Args.bytes(message));
    }
}
