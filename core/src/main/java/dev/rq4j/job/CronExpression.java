package dev.rq4j.job;

import dev.rq4j.job.CronField.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When to run, as cron says it: {@code minute hour day-of-month month day-of-week}, such as {@code 30 3 * * MON-FRI}.
 *
 * <p>A field is {@code *}, a value, a range {@code a-b}, a step {@code *}{@code /n}, {@code a-b/n} or {@code a/n} (from a
 * on), or a list of these with commas. Months are also JAN to DEC, days of the week SUN to SAT, and Sunday is 0 or 7.
 * When both days are restricted, that is when neither begins with a star, a day matches that matches either; otherwise it
 * has to match both. {@code @hourly}, {@code @daily} or {@code @midnight}, {@code @weekly}, {@code @monthly} and
 * {@code @yearly} or {@code @annually} stand for the first minute of each.
 *
 * <p>When clocks change, it depends on the hour. If it is given (its field does not begin with a star), each time of the
 * local day runs once: one that is left out runs at the first moment after the gap, together with others of the gap, and
 * one that comes twice runs the first time. If the hour is left open, the expression runs by elapsed time: in both of the
 * hours that come twice, and not in the one that is left out.
 */
public final class CronExpression {

    private static final Map<String, String> MACROS = new TreeMap<>(Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *"));

    private static final int LONGEST_TEXT = 200;
    /** The 29th of February falls on a given day of the week every 28 years, and every 40 around most centuries. */
    private static final int YEARS = 50;

    private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private final String text;
    private final CronField minutes;
    private final CronField hours;
    private final CronField days;
    private final CronField months;
    private final CronField weekdays;

    private CronExpression(String text, String[] fields) {
        this.text = text;
        this.minutes = CronField.parse(Kind.MINUTE, fields[0]);
        this.hours = CronField.parse(Kind.HOUR, fields[1]);
        this.days = CronField.parse(Kind.DAY_OF_MONTH, fields[2]);
        this.months = CronField.parse(Kind.MONTH, fields[3]);
        this.weekdays = CronField.parse(Kind.DAY_OF_WEEK, fields[4]);
    }

    /**
     * Reads an expression.
     *
     * @throws JobException.Invalid when it is none, or names a date that never comes, such as the 31st of February
     */
    public static CronExpression of(String expression) {
        String text = expression.strip().replaceAll("[ \t]+", " ");
        String[] fields =
                MACROS.getOrDefault(text.toLowerCase(Locale.ROOT), text).split(" ", -1);
        if (fields.length != 5 || text.length() > LONGEST_TEXT) {
            throw new JobException.Invalid(
                    "a cron expression must have 5 fields (minute, hour, day of month, month, day of week) in up to "
                            + LONGEST_TEXT + " characters, or be one of " + String.join(", ", MACROS.keySet())
                            + ", but was " + Names.shown(expression));
        }
        CronExpression read = new CronExpression(text, fields);
        if (!read.comesEver()) {
            throw new JobException.Invalid("the day of month of a cron expression must come in one of its months, but "
                    + Names.shown(fields[2]) + " never does in " + Names.shown(fields[3]));
        }
        return read;
    }

    /**
     * Returns the first run after a moment, by the clocks of a zone.
     *
     * @throws JobException.Invalid when the moment is not in the years 1900 to 9998, or when no run comes for 50 years
     */
    public Instant next(Instant after, ZoneId zone) {
        known(after);
        ZoneRules rules = zone.getRules();
        return hours.open() ? byElapsedTime(after, rules) : byLocalTime(after, rules);
    }

    /** Returns the moment if runs after it can be known. */
    static Instant known(Instant after) {
        Checks.demand(
                !after.isBefore(EARLIEST) && after.isBefore(LATEST),
                "runs are known for the years 1900 to 9998, but not after " + after);
        return after;
    }

    private Instant byLocalTime(Instant after, ZoneRules rules) {
        LocalDateTime local = LocalDateTime.ofInstant(after, rules.getOffset(after));
        LocalDate end = local.toLocalDate().plusYears(YEARS);
        Instant run;
        do {
            local = firstBetween(nextMinute(local), end);
            ZoneOffsetTransition change = rules.getTransition(local);
            // The offset of a time that comes twice is the earlier of the two.
            run = change != null && change.isGap() ? change.getInstant() : local.toInstant(rules.getOffset(local));
        } while (!run.isAfter(after));
        return run;
    }

    /** Between two changes of the clocks, local time and elapsed time go alike. */
    private Instant byElapsedTime(Instant after, ZoneRules rules) {
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime from = nextMinute(LocalDateTime.ofInstant(after, offset));
        LocalDate end = from.toLocalDate().plusYears(YEARS);
        ZoneOffsetTransition change = rules.nextTransition(after);
        while (true) {
            Instant run = firstBetween(from, end).toInstant(offset);
            if (change == null || run.isBefore(change.getInstant())) {
                return run;
            }
            offset = change.getOffsetAfter();
            from = nextMinute(change.getDateTimeAfter().minusNanos(1));
            change = rules.nextTransition(change.getInstant());
        }
    }

    private static LocalDateTime nextMinute(LocalDateTime time) {
        return time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    }

    /** Returns the first local time from this one on that matches. */
    private LocalDateTime firstBetween(LocalDateTime from, LocalDate end) {
        LocalDate day = from.toLocalDate();
        LocalTime earliest = from.toLocalTime();
        while (day.isBefore(end)) {
            if (!months.has(day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
            } else {
                LocalTime time = isOn(day) ? timeFrom(earliest) : null;
                if (time != null) {
                    return day.atTime(time);
                }
                day = day.plusDays(1);
            }
            earliest = LocalTime.MIDNIGHT;
        }
        // Possible where clocks leave out the same hour of the same day each time that it comes.
        throw new JobException.Invalid("a cron expression must come within " + YEARS + " years, but "
                + Names.shown(text) + " does not before " + end);
    }

    private boolean isOn(LocalDate day) {
        boolean dayMatches = days.has(day.getDayOfMonth());
        boolean weekdayMatches = weekdays.has(day.getDayOfWeek().getValue() % 7);
        return eitherDay() ? dayMatches || weekdayMatches : dayMatches && weekdayMatches;
    }

    private boolean eitherDay() {
        return !days.open() && !weekdays.open();
    }

    private @Nullable LocalTime timeFrom(LocalTime earliest) {
        int hour = hours.from(earliest.getHour());
        int minute = minutes.from(hour == earliest.getHour() ? earliest.getMinute() : 0);
        if (minute < 0) {
            hour = hours.from(hour + 1);
            minute = minutes.from(0);
        }
        return hour < 0 ? null : LocalTime.of(hour, minute);
    }

    private boolean comesEver() {
        int firstDay = days.from(1);
        return eitherDay()
                || Stream.of(Month.values())
                        .anyMatch(month -> months.has(month.getValue()) && firstDay <= month.maxLength());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronExpression expression && text.equals(expression.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the expression as it was written, with single spaces between the fields. */
    @Override
    public String toString() {
        return text;
    }
}
