package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an expression does on the days of 2026 on which clocks change. Offsets tell the hours that come twice apart. */
class CronClockChangeTest {

    private static final String BERLIN = "Europe/Berlin";
    private static final String NEW_YORK = "America/New_York";

    @ParameterizedTest(name = "{0} in Berlin from {1}")
    @CsvSource(delimiter = '|', textBlock = """
            30 2 * * *     | 2026-03-28T12:00 | 03-29T03:00+02:00 03-30T02:30+02:00
            0 2 * * *      | 2026-03-28T12:00 | 03-29T03:00+02:00 03-30T02:00+02:00
            59 1 * * *     | 2026-03-28T12:00 | 03-29T01:59+01:00 03-30T01:59+02:00
            0 3 * * *      | 2026-03-28T12:00 | 03-29T03:00+02:00 03-30T03:00+02:00
            0 2,3 * * *    | 2026-03-28T12:00 | 03-29T03:00+02:00 03-30T02:00+02:00 03-30T03:00+02:00
            */20 2 * * *   | 2026-03-28T12:00 | 03-29T03:00+02:00 03-30T02:00+02:00 03-30T02:20+02:00
            30 1-3 * * *   | 2026-03-28T12:00 | 03-29T01:30+01:00 03-29T03:00+02:00 03-29T03:30+02:00
            30 2 29 3 *    | 2026-03-28T12:00 | 03-29T03:00+02:00 2027-03-29T02:30+02:00
            30 2 * * SUN   | 2026-03-28T12:00 | 03-29T03:00+02:00 04-05T02:30+02:00
            0 * * * *      | 2026-03-29T00:30 | 03-29T01:00+01:00 03-29T03:00+02:00 03-29T04:00+02:00
            */30 * * * *   | 2026-03-29T01:00 | 03-29T01:30+01:00 03-29T03:00+02:00 03-29T03:30+02:00
            30 */2 * * *   | 2026-03-29T00:00 | 03-29T00:30+01:00 03-29T04:30+02:00 03-29T06:30+02:00
            30 2 * * *     | 2026-10-24T12:00 | 10-25T02:30+02:00 10-26T02:30+01:00
            0 2 * * *      | 2026-10-24T12:00 | 10-25T02:00+02:00 10-26T02:00+01:00
            0 3 * * *      | 2026-10-24T12:00 | 10-25T03:00+01:00 10-26T03:00+01:00
            */30 2 * * *   | 2026-10-24T12:00 | 10-25T02:00+02:00 10-25T02:30+02:00 10-26T02:00+01:00
            30 1-3 * * *   | 2026-10-24T12:00 | 10-25T01:30+02:00 10-25T02:30+02:00 10-25T03:30+01:00
            0 * * * *      | 2026-10-25T01:30 | 10-25T02:00+02:00 10-25T02:00+01:00 10-25T03:00+01:00
            */30 * * * *   | 2026-10-25T01:45 | 10-25T02:00+02:00 10-25T02:30+02:00 10-25T02:00+01:00 10-25T02:30+01:00 10-25T03:00+01:00
            30 */2 * * *   | 2026-10-25T01:00 | 10-25T02:30+02:00 10-25T02:30+01:00 10-25T04:30+01:00
            """)
    void berlin(String expression, String after, String runs) {
        assertThat(runs(BERLIN, expression, after, runs)).isEqualTo(runs);
    }

    @ParameterizedTest(name = "{0} in New York from {1}")
    @CsvSource(delimiter = '|', textBlock = """
            30 2 * * *     | 2026-03-07T12:00 | 03-08T03:00-04:00 03-09T02:30-04:00
            59 1 * * *     | 2026-03-07T12:00 | 03-08T01:59-05:00 03-09T01:59-04:00
            0 3 * * *      | 2026-03-07T12:00 | 03-08T03:00-04:00 03-09T03:00-04:00
            0 2,3 * * *    | 2026-03-07T12:00 | 03-08T03:00-04:00 03-09T02:00-04:00
            0 * * * *      | 2026-03-08T00:30 | 03-08T01:00-05:00 03-08T03:00-04:00
            */30 * * * *   | 2026-03-08T01:00 | 03-08T01:30-05:00 03-08T03:00-04:00 03-08T03:30-04:00
            30 1 * * *     | 2026-10-31T12:00 | 11-01T01:30-04:00 11-02T01:30-05:00
            0 2 * * *      | 2026-10-31T12:00 | 11-01T02:00-05:00 11-02T02:00-05:00
            0 0 * * *      | 2026-10-31T12:00 | 11-01T00:00-04:00 11-02T00:00-05:00
            */30 1 * * *   | 2026-10-31T12:00 | 11-01T01:00-04:00 11-01T01:30-04:00 11-02T01:00-05:00
            0 * * * *      | 2026-11-01T00:30 | 11-01T01:00-04:00 11-01T01:00-05:00 11-01T02:00-05:00
            15 */1 * * *   | 2026-11-01T00:30 | 11-01T01:15-04:00 11-01T01:15-05:00 11-01T02:15-05:00
            """)
    void newYork(String expression, String after, String runs) {
        assertThat(runs(NEW_YORK, expression, after, runs)).isEqualTo(runs);
    }

    @ParameterizedTest(name = "{1} in {0} from {2}")
    @CsvSource(delimiter = '|', textBlock = """
            Australia/Lord_Howe | 15 2 * * *   | 2026-10-03T12:00 | 10-04T02:30+11:00 10-05T02:15+11:00
            Australia/Lord_Howe | */15 * * * * | 2026-10-04T01:40 | 10-04T01:45+10:30 10-04T02:30+11:00
            Australia/Lord_Howe | 0 2 * * *    | 2026-04-04T12:00 | 04-05T02:00+10:30 04-06T02:00+10:30
            Australia/Lord_Howe | 45 1 * * *   | 2026-04-04T12:00 | 04-05T01:45+11:00 04-06T01:45+10:30
            Asia/Beirut         | 0 0 * * *    | 2026-03-28T12:00 | 03-29T01:00+03:00 03-30T00:00+03:00
            Pacific/Apia        | 0 12 * * *   | 2011-12-29T11:00 | 2011-12-29T12:00-10:00 2011-12-31T00:00+14:00 2011-12-31T12:00+14:00
            """)
    void odderPlaces(String zone, String expression, String after, String runs) {
        assertThat(runs(zone, expression, after, runs)).isEqualTo(runs);
    }

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource(delimiter = '|', textBlock = """
            30 2 * * *   | Europe/Berlin    | 365
            0 * * * *    | Europe/Berlin    | 8760
            */5 * * * *  | America/New_York | 105120
            0 1 * * *    | America/New_York | 365
            """)
    void aYearHasAsManyRunsAsItHasDaysOrHours(String expression, String zone, int count) {
        Instant from = ZonedDateTime.parse("2026-01-01T00:00:00Z")
                .withZoneSameLocal(ZoneId.of(zone))
                .toInstant();
        Instant end = ZonedDateTime.parse("2027-01-01T00:00:00Z")
                .withZoneSameLocal(ZoneId.of(zone))
                .toInstant();

        Schedule schedule = Schedule.cron(expression, ZoneId.of(zone));

        assertThat(Stream.iterate(schedule.next(from.minusNanos(1)), schedule::next)
                        .takeWhile(run -> run.isBefore(end)))
                .hasSize(count);
    }

    /** Returns as many runs as are expected, spelled as they are. */
    private static String runs(String zone, String expression, String after, String expected) {
        ZoneId id = ZoneId.of(zone);
        List<String> wanted = List.of(expected.split(" "));
        Instant from = LocalDateTime.parse(after).atZone(id).toInstant();
        List<Instant> runs = Schedule.cron(expression, id).preview(from, wanted.size());
        StringBuilder spelled = new StringBuilder();
        for (int i = 0; i < runs.size(); i++) {
            String run = runs.get(i).atZone(id).toOffsetDateTime().toString();
            boolean withYear = wanted.get(i).matches("\\d{4}-.*");
            spelled.append(i == 0 ? "" : " ").append(withYear ? run : run.replaceFirst("^2026-", ""));
        }
        return spelled.toString();
    }
}
