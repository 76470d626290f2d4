package dev.rq4j.job;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequeueFilterTest {

    private static final JobId ID = JobId.of("a");
    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);
    private static final RequeueFilter ALL = RequeueFilter.all();

    private static final class Nested extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void allAreAdmittedUnlessSomethingIsAskedFor() {
        assertThat(ALL.admits(null, failure(""), null)).isTrue();
        assertThat(ALL.pace()).isEqualTo(new RequeueFilter.Pace(Long.MAX_VALUE, null, false));
    }

    @Test
    void theTaskIsTheWholeName() {
        assertThat(ALL.ofTask(ECHO).admits("tests.echo", failure(""), null)).isTrue();
        assertThat(ALL.ofTask(ECHO).admits("echo", failure(""), null)).isFalse();
        assertThat(ALL.ofTask(ECHO).admits(null, failure(""), null)).isFalse();
    }

    @Test
    void theErrorIsTheClassOfTheFirstLineOfJavaAndTheLastOfPython() {
        String java = "java.io.IOException: disk\n\tat x.Y.z(Y.java:1)\nCaused by: java.lang.IllegalStateException\n";
        String python = "Traceback (most recent call last):\n  File \"x.py\"\nrequests.exceptions.Timeout: late\n";

        assertThat(admits(ALL.failedWith(IOException.class), java)).isTrue();
        assertThat(admits(ALL.failedWith("IOException"), java)).isTrue();
        assertThat(admits(ALL.failedWith("Exception"), java)).isFalse();
        assertThat(admits(ALL.failedWith(IllegalStateException.class), java)).isFalse();
        assertThat(admits(ALL.failedWith(Nested.class), Nested.class.getName())).isTrue();
        assertThat(admits(ALL.failedWith("Nested"), Nested.class.getName() + "\n\tat x"))
                .isTrue();
        assertThat(admits(ALL.failedWith("requests.exceptions.Timeout"), python))
                .isTrue();
        assertThat(admits(ALL.failedWith("Timeout"), python)).isTrue();
        assertThat(admits(ALL.failedWith("Timeout"), "")).isFalse();
    }

    @Test
    void theAgeMustBeKnownToBeCompared() {
        RequeueFilter between = ALL.olderThan(ofMinutes(1)).newerThan(ofMinutes(3));

        assertThat(between.admits(null, failure(""), ofMinutes(2))).isTrue();
        assertThat(between.admits(null, failure(""), ofMinutes(1))).isFalse();
        assertThat(between.admits(null, failure(""), ofMinutes(3))).isFalse();
        assertThat(between.admits(null, failure(""), null)).isFalse();
    }

    @Test
    void whatWasAskedForBeforeIsKept() {
        RequeueFilter filter = ALL.ofTask(ECHO)
                .failedWith("X")
                .olderThan(ofMinutes(1))
                .atMost(5)
                .perSecond(7)
                .atFront();

        assertThat(filter)
                .isEqualTo(new RequeueFilter(
                        "tests.echo",
                        "X",
                        new RequeueFilter.Age(ofMinutes(1), null),
                        new RequeueFilter.Pace(5, 7, true)));
    }

    @Test
    void whatCannotBeIsRefused() {
        Refusals.of(() -> ALL.olderThan(Duration.ofSeconds(-1)))
                .isEqualTo("an age must not be negative, but was PT-1S");
        Refusals.of(() -> ALL.olderThan(Duration.ofHours(2)).newerThan(Duration.ofHours(1)))
                .isEqualTo("no job has failed longer ago than PT2H and shorter ago than PT1H");
        Refusals.of(() -> ALL.newerThan(Duration.ofHours(1)).olderThan(Duration.ofHours(1)))
                .isEqualTo("no job has failed longer ago than PT1H and shorter ago than PT1H");
        Refusals.of(() -> ALL.atMost(-1)).isEqualTo("the number of jobs must not be negative, but was -1");
        Refusals.of(() -> ALL.perSecond(0)).isEqualTo("a rate must be positive, but was 0");
    }

    private static boolean admits(RequeueFilter filter, String trace) {
        return filter.admits(null, failure(trace), null);
    }

    private static JobException.JobFailed failure(String trace) {
        return new JobException.JobFailed(ID, trace);
    }
}
