package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronExpressionTest {

    /** A Wednesday. */
    private static final String START = "2026-07-15T10:20:30";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            * * * * *            | 2026-07-15T10:21
            20 * * * *           | 2026-07-15T11:20
            21 10 * * *          | 2026-07-15T10:21
            20 10 * * *          | 2026-07-16T10:20
            0 0 * * *            | 2026-07-16T00:00
            */15 * * * *         | 2026-07-15T10:30
            5/15 * * * *         | 2026-07-15T10:35
            0-10/5,40 * * * *    | 2026-07-15T10:40
            59 23 31 12 *        | 2026-12-31T23:59
            0 9-17 * * *         | 2026-07-15T11:00
            0 8,18 * * *         | 2026-07-15T18:00
            0 0 1 * *            | 2026-08-01T00:00
            0 0 31 * *           | 2026-07-31T00:00
            0 0 31 4-6,9 1       | 2026-09-07T00:00
            0 0 29 2 *           | 2028-02-29T00:00
            0 0 30 1/1 *         | 2026-07-30T00:00
            0 12 * JAN,dec *     | 2026-12-01T12:00
            0 12 * * mon         | 2026-07-20T12:00
            0 12 * * FRI-SUN     | 2026-07-17T12:00
            0 12 * * 5-0         | 2026-07-17T12:00
            0 12 * * 0           | 2026-07-19T12:00
            0 12 * * 7           | 2026-07-19T12:00
            0 12 * * 6-7         | 2026-07-18T12:00
            0 12 * * */7         | 2026-07-19T12:00
            @hourly              | 2026-07-15T11:00
            @daily               | 2026-07-16T00:00
            @MIDNIGHT            | 2026-07-16T00:00
            @weekly              | 2026-07-19T00:00
            @monthly             | 2026-08-01T00:00
            @yearly              | 2027-01-01T00:00
            @annually            | 2027-01-01T00:00
            """)
    void comesNextAt(String expression, String next) {
        assertThat(next(expression, START)).isEqualTo(next);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            0 0 20 * FRI         | both are restricted: either will do       | 2026-07-17T00:00
            0 0 16 * FRI         | both are restricted: either will do       | 2026-07-16T00:00
            0 0 * * FRI          | one begins with a star: both have to match | 2026-07-17T00:00
            0 0 20 * *           | one begins with a star: both have to match | 2026-07-20T00:00
            0 0 */10 * FRI       | one begins with a star: both have to match | 2026-07-31T00:00
            0 0 20 * */6         | one begins with a star: both have to match | 2026-09-20T00:00
            """)
    void oneOfTheDaysOrBothHaveToMatch(String expression, String rule, String next) {
        assertThat(next(expression, START)).as(rule).isEqualTo(next);
    }

    @Test
    void theRunIsAfterTheMomentAndNotAtIt() {
        assertThat(next("20 10 * * *", "2026-07-15T10:20:00")).isEqualTo("2026-07-16T10:20");
        assertThat(next("20 10 * * *", "2026-07-15T10:19:59.999999999")).isEqualTo("2026-07-15T10:20");
    }

    @Test
    void theRarestDayThereIsComes() {
        assertThat(next("0 0 29 2 */7", "2088-03-01T00:00:00"))
                .as("the next Sunday that is a 29th of February, past a century that leaves one out")
                .isEqualTo("2128-02-29T00:00");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            60 * * * *         | the minute of a cron expression must be 0 to 59, but was "60"
            30 25 * * *        | the hour of a cron expression must be 0 to 23, but was "25"
            0 0 0 * *          | the day of month of a cron expression must be 1 to 31, but was "0"
            0 0 1 13 *         | the month of a cron expression must be 1 to 12 or one of JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC, but was "13"
            0 0 1 J *          | the month of a cron expression must be 1 to 12 or one of JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC, but was "J"
            0 0 * * 8          | the day of week of a cron expression must be 0 to 7 or one of SUN MON TUE WED THU FRI SAT, but was "8"
            0 0 * * MOO        | the day of week of a cron expression must be 0 to 7 or one of SUN MON TUE WED THU FRI SAT, but was "MOO"
            0 0 * MON *        | the month of a cron expression must be 1 to 12 or one of JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC, but was "MON"
            0 22-2 * * *       | the hour of a cron expression must be a range that goes up, but was "22-2"
            */0 * * * *        | the minute of a cron expression must be in steps of 1 to 60, but was "0"
            */90 * * * *       | the minute of a cron expression must be in steps of 1 to 60, but was "90"
            1,,2 * * * *       | the minute of a cron expression must be a list of values, ranges a-b and steps */n, but was ""
            -5 * * * *         | the minute of a cron expression must be a list of values, ranges a-b and steps */n, but was "-5"
            *-5 * * * *        | the minute of a cron expression must be a list of values, ranges a-b and steps */n, but was "*-5"
            0 0 L * *          | the day of month of a cron expression must be 1 to 31, but was "L"
            0 0 ? * *          | the day of month of a cron expression must be a list of values, ranges a-b and steps */n, but was "?"
            0 99999 * * *      | the hour of a cron expression must be a list of values, ranges a-b and steps */n, but was "99999"
            0 0 31 2 *         | the day of month of a cron expression must come in one of its months, but "31" never does in "2"
            0 0 31 4,6,9,11 *  | the day of month of a cron expression must come in one of its months, but "31" never does in "4,6,9,11"
            0 0 30-31 FEB */2  | the day of month of a cron expression must come in one of its months, but "30-31" never does in "FEB"
            """)
    void whatCannotBeIsRefusedWithTheFieldAndWhatCame(String expression, String message) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> CronExpression.of(expression))
                .withMessage(message);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {"", "   ", "* * * *", "0 * * * * *", "* * * *\n*", "@reboot", "@every 5m", "tomorrow", "\u0000"})
    void whatHasNotFiveFieldsIsRefused(String text) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> CronExpression.of(text))
                .withMessageStartingWith(
                        "a cron expression must have 5 fields (minute, hour, day of month, month, day of "
                                + "week) in up to 200 characters, or be one of @annually, @daily, ")
                .withMessageNotContaining("\n")
                .withMessageNotContaining("\u0000");
    }

    @Test
    void aHugeTextIsRefusedAndNotQuotedInFull() {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> CronExpression.of("1" + ",1".repeat(100_000) + " * * * *"))
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(400));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1000000000-01-01T00:00:00Z",
                "1899-12-31T23:59:59Z",
                "9999-01-01T00:00:00Z",
                "+1000000000-12-31T23:59:59.999999999Z"
            })
    void whatIsTooFarAwayIsRefused(String after) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> CronExpression.of("@daily").next(Instant.parse(after), ZoneOffset.UTC))
                .withMessageContaining("1900 to 9998");
    }

    @Test
    void aDayWhoseOnlyHourIsLeftOutIsPassedOver() {
        ZoneId beirut = ZoneId.of("Asia/Beirut");

        // a step over all hours that asks for the first alone, which clocks leave out on the last Sunday of March
        assertThat(CronExpression.of("0 */24 29 3 *").next(Instant.parse("2026-01-01T00:00:00Z"), beirut))
                .isEqualTo(Instant.parse("2027-03-28T21:00:00Z"));
    }

    @Test
    void isReadWithSingleSpacesAndIsEqualByItsText() {
        CronExpression spaced = CronExpression.of("\t 0  3\t* * MON-FRI ");

        assertThat(spaced).hasToString("0 3 * * MON-FRI").isEqualTo(CronExpression.of("0 3 * * MON-FRI"));
        assertThat(spaced).hasSameHashCodeAs(CronExpression.of("0 3 * * MON-FRI"));
        assertThat(spaced).isNotEqualTo(CronExpression.of("0 3 * * 1-5"));
    }

    private static String next(String expression, String after) {
        Instant next = CronExpression.of(expression)
                .next(LocalDateTime.parse(after).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        return LocalDateTime.ofInstant(next, ZoneOffset.UTC).toString();
    }
}
