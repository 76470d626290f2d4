package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobEventTest {

    @ParameterizedTest
    @EnumSource
    void everyTypeIsReadFromItsWord(JobEvent.Type type) {
        assertThat(JobEvent.Type.ofWire(type.wireName())).isEqualTo(type);
    }

    @Test
    void aWordThatNobodyKnowsIsNoError() {
        assertThat(JobEvent.Type.ofWire("levitated")).isEqualTo(JobEvent.Type.UNKNOWN);
        assertThat(JobEvent.Type.ofWire("")).isEqualTo(JobEvent.Type.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource
    void everyStatusHasATypeThatLeadsToItAndEndsWhenItDoes(JobStatus status) {
        JobEvent.Type type = JobEvent.Type.of(status);

        assertThat(type.isTerminal()).isEqualTo(status.isTerminal());
        if (type != JobEvent.Type.UNKNOWN) {
            assertThat(type.status()).isEqualTo(status);
        }
    }

    @Test
    void aJobThatIsGoneHasEnded() {
        assertThat(JobEvent.Type.DELETED.isTerminal()).isTrue();
        assertThat(JobEvent.Type.EXPIRED.isTerminal()).isTrue();
        assertThat(JobEvent.Type.RETRIED.isTerminal()).isFalse();
        assertThat(JobEvent.Type.PROGRESS.isTerminal()).isFalse();
    }
}
