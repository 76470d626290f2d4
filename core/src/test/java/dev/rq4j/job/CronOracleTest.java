package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random expressions, held against another library and against looking at every minute. */
class CronOracleTest {

    private static final int EXPRESSIONS = 200;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final CronParser theirs = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithCronUtils(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < EXPRESSIONS; i++) {
            // Where a day of the month begins with a star and a step, that library takes it for restricted.
            String expression = expression(random, false);
            Instant after = START.plusSeconds(random.nextInt(5 * 365 * 24 * 3600));

            assertThat(Schedule.cron(expression).preview(after, 3))
                    .as("%s after %s, seed %d", expression, after, seed)
                    .isEqualTo(theirs(expression, after));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"})
    void agreesWithLookingAtEveryMinute(String zone) {
        ZoneId id = ZoneId.of(zone);
        Random random = new Random(zone.hashCode());
        List<Instant> changes = changes(id);
        for (int i = 0; i < EXPRESSIONS; i++) {
            String expression = expression(random, true);
            Instant after =
                    changes.get(random.nextInt(changes.size())).plusSeconds(random.nextInt(8 * 3600) - 4 * 3600);
            List<Instant> expected = everyMinute(expression, id, after);

            assertThat(Schedule.cron(expression, id).preview(after, expected.size()))
                    .as("%s in %s after %s", expression, zone, after)
                    .isEqualTo(expected);
        }
    }

    @Test
    void anythingElseIsRefusedAndNeverBreaks() {
        String alphabet = "0123456789*,/- \t@LW#?MONJAN";
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            String[] fields = expression(random, true).split(" ");
            fields[random.nextInt(5)] = random.ints(random.nextInt(8), 0, alphabet.length())
                    .mapToObj(at -> alphabet.substring(at, at + 1))
                    .collect(Collectors.joining());
            String text = String.join(" ", fields);
            try {
                assertThat(CronExpression.of(text).next(START, ZoneOffset.UTC)).isAfter(START);
            } catch (JobException.Invalid refused) {
                assertThat(refused).as(text).hasMessageContaining("but was");
            }
        }
    }

    private List<Instant> theirs(String expression, Instant after) {
        ExecutionTime times = ExecutionTime.forCron(theirs.parse(expression));
        List<Instant> runs = new ArrayList<>();
        ZonedDateTime at = after.atZone(ZoneOffset.UTC);
        for (int i = 0; i < 3; i++) {
            at = times.nextExecution(at).orElseThrow();
            runs.add(at.toInstant());
        }
        return runs;
    }

    /** Returns the runs of two days, found by asking each minute whether it matches. */
    private static List<Instant> everyMinute(String expression, ZoneId zone, Instant after) {
        Instant end = after.plus(2, ChronoUnit.DAYS);
        Fields fields = Fields.of(expression);
        TreeSet<Instant> runs = new TreeSet<>();
        if (expression.split(" ")[1].startsWith("*")) {
            for (Instant at = after.truncatedTo(ChronoUnit.MINUTES); at.isBefore(end); at = at.plusSeconds(60)) {
                if (fields.match(LocalDateTime.ofInstant(at, zone))) {
                    runs.add(at);
                }
            }
        } else {
            LocalDateTime from = LocalDateTime.ofInstant(after, zone).truncatedTo(ChronoUnit.DAYS);
            for (int minute = 0; minute < 4 * 24 * 60; minute++) {
                LocalDateTime local = from.plusMinutes(minute);
                if (fields.match(local)) {
                    var change = zone.getRules().getTransition(local);
                    boolean gap = change != null && change.isGap();
                    runs.add(gap ? change.getInstant() : local.atZone(zone).toInstant());
                }
            }
        }
        return runs.stream()
                .filter(run -> run.isAfter(after) && run.isBefore(end))
                .toList();
    }

    private record Fields(
            List<Integer> minutes,
            List<Integer> hours,
            List<Integer> days,
            List<Integer> months,
            List<Integer> weekdays,
            boolean anyDay) {

        static Fields of(String expression) {
            String[] fields = expression.split(" ");
            return new Fields(
                    values(fields[0], 0, 59),
                    values(fields[1], 0, 23),
                    values(fields[2], 1, 31),
                    values(fields[3], 1, 12),
                    values(fields[4], 0, 6),
                    fields[2].startsWith("*") || fields[4].startsWith("*"));
        }

        boolean match(LocalDateTime time) {
            boolean day = days.contains(time.getDayOfMonth());
            boolean weekday = weekdays.contains(time.getDayOfWeek().getValue() % 7);
            return minutes.contains(time.getMinute())
                    && hours.contains(time.getHour())
                    && months.contains(time.getMonthValue())
                    && (anyDay ? day && weekday : day || weekday);
        }

        private static List<Integer> values(String field, int first, int last) {
            List<Integer> values = new ArrayList<>();
            for (String part : field.split(",")) {
                String[] range = part.replaceFirst("/.*", "")
                        .replace("*", first + "-" + last)
                        .split("-");
                int step = part.contains("/") ? Integer.parseInt(part.replaceFirst(".*/", "")) : 1;
                int high = Integer.parseInt(range[range.length - 1]);
                for (int value = Integer.parseInt(range[0]); value <= high; value += step) {
                    values.add(value);
                }
            }
            return values;
        }
    }

    private static List<Instant> changes(ZoneId zone) {
        List<Instant> changes = new ArrayList<>();
        Instant at = START;
        for (int i = 0; i < 10; i++) {
            var change = zone.getRules().nextTransition(at);
            at = change == null ? at.plus(100, ChronoUnit.DAYS) : change.getInstant();
            changes.add(at);
        }
        return changes;
    }

    private static String expression(Random random, boolean openDaySteps) {
        return String.join(
                " ",
                field(random, 0, 59, true),
                field(random, 0, 23, true),
                field(random, 1, 28, openDaySteps),
                field(random, 1, 12, true),
                field(random, 0, 6, openDaySteps));
    }

    private static String field(Random random, int first, int last, boolean openSteps) {
        return switch (random.nextInt(openSteps ? 6 : 5)) {
            case 0, 1 -> "*";
            case 2 ->
                IntStream.range(0, 1 + random.nextInt(3))
                        .mapToObj(i -> String.valueOf(between(random, first, last)))
                        .distinct()
                        .collect(Collectors.joining(","));
            case 3 -> range(random, first, last);
            case 4 -> range(random, first, last) + "/" + (1 + random.nextInt(5));
            default -> "*/" + (2 + random.nextInt(4));
        };
    }

    private static String range(Random random, int first, int last) {
        int low = between(random, first, last - 1);
        return low + "-" + between(random, low + 1, last);
    }

    private static int between(Random random, int first, int last) {
        return first + random.nextInt(last - first + 1);
    }
}
