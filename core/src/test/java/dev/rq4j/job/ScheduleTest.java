package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    private static final Instant NOON = Instant.parse("2026-07-15T12:00:00Z");
    private static final Schedule HOURLY = Schedule.cron("0 * * * *");
    private static final Schedule EVERY_90_S = Schedule.every(Duration.ofSeconds(90));

    @Test
    void aCronScheduleGoesByTheClocksOfItsZone() {
        Schedule daily = Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin"));

        assertThat(daily.next(NOON)).isEqualTo("2026-07-16T01:00:00Z");
        assertThat(daily.preview(NOON, 2))
                .containsExactly(Instant.parse("2026-07-16T01:00:00Z"), Instant.parse("2026-07-17T01:00:00Z"));
        assertThat(Schedule.cron("0 3 * * *").next(NOON)).as("without one, UTC").isEqualTo("2026-07-16T03:00:00Z");
    }

    @Test
    void evenStepsKeepTheBeatOfTheFirstRun() {
        assertThat(EVERY_90_S.next(NOON)).isEqualTo(NOON.plusSeconds(90));
        assertThat(EVERY_90_S.next(NOON, NOON.plusSeconds(200))).isEqualTo(NOON.plusSeconds(270));
        assertThat(EVERY_90_S.next(NOON, NOON.plusSeconds(270))).isEqualTo(NOON.plusSeconds(360));
        assertThat(EVERY_90_S.next(NOON, NOON)).isEqualTo(NOON.plusSeconds(90));
        assertThat(EVERY_90_S.next(NOON, NOON.minusSeconds(20))).as("not yet").isEqualTo(NOON);
        assertThat(EVERY_90_S.preview(NOON, 3))
                .containsExactly(NOON.plusSeconds(90), NOON.plusSeconds(180), NOON.plusSeconds(270));
    }

    @Test
    void aCronScheduleNeedsNoRunToGoBy() {
        assertThat(HOURLY.next(NOON.plusSeconds(7200), NOON)).isEqualTo(NOON.plusSeconds(3600));
    }

    @Test
    void theNewestRunsAreDue() {
        Instant now = NOON.plusSeconds(3 * 3600 + 5);

        assertThat(HOURLY.due(NOON, now, 2)).containsExactly(NOON.plusSeconds(7200), NOON.plusSeconds(10800));
        assertThat(HOURLY.due(NOON, now, 9)).hasSize(4).startsWith(NOON);
        assertThat(HOURLY.due(NOON, NOON, 1)).containsExactly(NOON);
        assertThat(HOURLY.due(now, NOON, 1)).isEmpty();
        assertThat(EVERY_90_S.due(NOON, NOON.plusSeconds(300), 2))
                .containsExactly(NOON.plusSeconds(180), NOON.plusSeconds(270));
        assertThat(EVERY_90_S.due(NOON, NOON.plusSeconds(300), 9)).hasSize(4).startsWith(NOON);
        assertThat(EVERY_90_S.due(NOON, NOON, 5)).containsExactly(NOON);
        assertThat(EVERY_90_S.due(NOON, NOON.minusMillis(1), 5)).isEmpty();
    }

    /** Ten years of minutes are looked at from their end. */
    @ParameterizedTest
    @ValueSource(strings = {"* * * * *", "*/7 3 * * *", "0 0 29 2 *", "@every PT1S"})
    void whatWasMissedForYearsIsFoundQuickly(String text) {
        Schedule schedule = Schedule.of(text, "UTC");
        Instant run = schedule.next(NOON.minus(Duration.ofDays(3650)));

        List<Instant> due = schedule.due(run, NOON, 1000);

        assertThat(due)
                .isSorted()
                .last()
                .satisfies(newest -> assertThat(schedule.next(newest)).isAfter(NOON));
    }

    @Test
    void theRunsDueAreThoseThatComeOneAfterTheOther() {
        Random random = new Random(7);
        List<String> expressions =
                List.of("*/7 * * * *", "0 3 * * *", "30 2 * * MON", "* 2 * * *", "0 0 1 * *", "@every PT1H7M");
        for (int i = 0; i < 200; i++) {
            Schedule schedule = Schedule.of(expressions.get(random.nextInt(expressions.size())), "Europe/Berlin");
            Instant run = schedule.next(NOON.plusSeconds(random.nextInt(300 * 24 * 3600)));
            Instant now = run.plusSeconds(random.nextInt(60 * 24 * 3600));
            int atMost = 1 + random.nextInt(50);
            List<Instant> all = Stream.iterate(run, schedule::next)
                    .takeWhile(next -> !next.isAfter(now))
                    .toList();

            assertThat(schedule.due(run, now, atMost))
                    .as("%s from %s to %s, at most %d", schedule, run, now, atMost)
                    .isEqualTo(all.subList(Math.max(0, all.size() - atMost), all.size()));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 3 * * MON-FRI | Europe/Berlin
            @daily          | Z
            */5 * * * *     | +05:30
            @every PT1M30S  | ''
            @every PT1.5S   | ''
            """)
    void isReadAsItIsWritten(String text, String zone) {
        Schedule schedule = Schedule.of(text, zone);

        assertThat(schedule.text()).isEqualTo(text);
        assertThat(schedule.zone()).isEqualTo(zone);
        assertThat(Schedule.of(schedule.text(), schedule.zone())).isEqualTo(schedule);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 3 * * *    | Mars/Olympus | a time zone must be one that this JVM knows, but was "Mars/Olympus"
            0 3 * * *    | ''           | a time zone must be one that this JVM knows, but was ""
            0 3 * *      | UTC          | 5 fields
            @every       | UTC          | 5 fields
            @every 5m    | ''           | a schedule must be a cron expression or "@every PT5M", but was "@every 5m"
            @every PT0S  | ''           | a schedule must have steps of 1 s to 100 years, but was PT0S
            @every -PT5S | ''           | a schedule must have steps of 1 s to 100 years, but was PT-5S
            @every PT9999999999999999999H | '' | a schedule must be a cron expression
            """)
    void whatIsNoScheduleIsRefused(String text, String zone, String message) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> Schedule.of(text, zone))
                .withMessageContaining(message);
    }

    @Test
    void aZoneCanBeNamed() {
        assertThat(Schedule.cron("0 3 * * *", "Europe/Berlin"))
                .isEqualTo(Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin")));
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> Schedule.cron("0 3 * * *", "Mars/Olympus"))
                .withMessage("a time zone must be one that this JVM knows, but was \"Mars/Olympus\"");
    }

    @Test
    void stepsAreOneSecondToACenturyInMilliseconds() {
        assertThat(Schedule.every(Duration.ofNanos(1_500_999_999L))).isEqualTo(Schedule.every(Duration.ofMillis(1500)));
        for (Duration step :
                List.of(Duration.ofMillis(999), Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(36_501))) {
            assertThatExceptionOfType(JobException.Invalid.class)
                    .isThrownBy(() -> Schedule.every(step))
                    .withMessageContaining("but was " + step);
        }
    }

    @Test
    void stepsEndWithTheYearsThatAreKnown() {
        Schedule steps = Schedule.every(Duration.ofDays(36_500));

        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> steps.preview(NOON, Integer.MAX_VALUE))
                .withMessageContaining("1900 to 9998");
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> steps.next(Instant.MAX));
    }

    @Test
    void aPreviewOfANegativeNumberIsRefusedAndOfNoneIsEmpty() {
        assertThat(HOURLY.preview(NOON, 0)).isEmpty();
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> HOURLY.preview(NOON, -1));
    }
}
