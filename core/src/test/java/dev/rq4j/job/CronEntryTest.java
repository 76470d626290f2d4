package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronEntryTest {

    private static final Task<String, Void> TASK = Task.of("tests.echo", String.class, Void.class);
    private static final Schedule MINUTELY = Schedule.cron("* * * * *");
    private static final Instant NOON = Instant.parse("2026-07-15T12:00:00Z");

    @Test
    void anEntryMakesOneRunForAllItMissedAndLetsJobsOverlapUnlessToldOtherwise() {
        CronEntry entry = CronEntry.of("nightly", MINUTELY, "reports", TASK.request("all"));

        assertThat(entry.missed()).isEqualTo(Missed.one());
        assertThat(entry.overlap()).isEqualTo(Overlap.ALLOW);
        assertThat(entry.paused()).isFalse();

        CronEntry changed =
                entry.with(to -> to.missed(Missed.skip()).overlap(Overlap.SKIP).paused());

        assertThat(changed.missed()).isEqualTo(Missed.skip());
        assertThat(changed.overlap()).isEqualTo(Overlap.SKIP);
        assertThat(changed.paused()).isTrue();
        assertThat(changed.with(to -> {})).isEqualTo(changed);
        assertThat(entry.paused()).as("the one it was made from").isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "{a}", "a b", "a*"})
    void malformedNamesAreRefused(String name) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> CronEntry.of(name, MINUTELY, "q", TASK.request("")))
                .withMessageContaining("the name of a cron entry must be");
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> CronEntry.of("n", MINUTELY, name, TASK.request("")))
                .withMessageContaining("a queue name must be");
    }

    static Stream<Arguments> whatManyJobsCannotHave() {
        JobId other = JobId.of("other");
        return Stream.of(
                refused(job -> job.id("once"), "an id in common, but the request asks for once"),
                refused(job -> job.at(NOON), "a time in common, but the request asks for 2026-07-15T12:00:00Z"),
                refused(job -> job.dependsOn(other), "jobs to wait for, but the request asks for [other]"),
                refused(job -> job.onFailure(TASK.request("")), "callbacks, but the request asks for 1"),
                refused(job -> job.group("g"), "a group, but the request asks for g"));
    }

    private static Arguments refused(Consumer<JobOptions.Builder> change, String message) {
        return Arguments.of(change, message);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource
    void whatManyJobsCannotHave(Consumer<JobOptions.Builder> change, String message) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> CronEntry.of("n", MINUTELY, "q", TASK.request("", change)))
                .withMessage("the jobs of cron entry n cannot have " + message);
    }

    @Test
    void whatEachOfManyJobsCanHaveIsTaken() {
        JobRequest<Void> request = TASK.request(
                "",
                job -> job.delay(Duration.ofSeconds(5))
                        .ttl(Duration.ofMinutes(1))
                        .unique(Unique.untilEnded("one"))
                        .retry(RetryPolicy.times(3))
                        .repeat(Repeat.times(2).every(Duration.ofSeconds(1)))
                        .limit(RateLimit.concurrency("key", 2))
                        .meta(Map.of("a", 1)));

        assertThat(CronEntry.of("n", MINUTELY, "q", request).request()).isEqualTo(request);
    }

    @ParameterizedTest(name = "at most {0} missed, {1} s late")
    @CsvSource({"0, 0", "0, 59", "1, 1", "3, 2"})
    void aRunThatIsDueNowIsMadeWhateverThePolicy(int atMost, int late) {
        Instant now = NOON.plusSeconds(late);

        assertThat(new Missed(atMost).runs(MINUTELY, NOON, now)).containsExactly(NOON);
    }

    @Test
    void whatWasMissedIsSkippedButForTheNewestWhileItIsFresh() {
        Schedule hourly = Schedule.cron("0 * * * *");
        Instant three = NOON.plusSeconds(3 * 3600);

        assertThat(Missed.skip().runs(hourly, NOON, three.plusSeconds(60))).containsExactly(three);
        assertThat(Missed.skip().runs(hourly, NOON, three.plusMillis(60_001))).isEmpty();
        assertThat(Missed.skip().runs(hourly, three, three.plusSeconds(300))).isEmpty();
    }

    @Test
    void whatWasMissedIsMadeUpForByOneRun() {
        assertThat(Missed.one().runs(MINUTELY, NOON, NOON.plus(Duration.ofDays(3))))
                .containsExactly(NOON.plus(Duration.ofDays(3)));
        assertThat(Missed.one().runs(Schedule.every(Duration.ofDays(2)), NOON, NOON.plus(Duration.ofDays(3))))
                .containsExactly(NOON.plus(Duration.ofDays(2)));
    }

    @Test
    void whatWasMissedIsMadeUpForOneByOneUpToANumber() {
        List<Instant> runs = Missed.all(3).runs(MINUTELY, NOON, NOON.plusSeconds(600));

        assertThat(runs).containsExactly(NOON.plusSeconds(480), NOON.plusSeconds(540), NOON.plusSeconds(600));
        assertThat(Missed.all(3).runs(MINUTELY, NOON, NOON.plusSeconds(61))).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1001, Integer.MAX_VALUE})
    void aNumberOfMissedRunsIsOneToAThousand(int atMost) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> Missed.all(atMost))
                .withMessageContaining(String.valueOf(atMost));
    }
}
