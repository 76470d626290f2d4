package dev.rq4j.job;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One of the five fields of a cron expression.
 *
 * @param values a bit for each value that matches
 * @param open whether the field begins with a star and so leaves the choice to the other fields
 */
record CronField(long values, boolean open) {

    private static final Pattern PART = Pattern.compile("(\\*|\\w{1,4})(?:-(\\w{1,4}))?(?:/(\\d{1,4}))?");

    /** Which field it is, and what can be in it. */
    enum Kind {
        MINUTE("minute", 0, 59, ""),
        HOUR("hour", 0, 23, ""),
        DAY_OF_MONTH("day of month", 1, 31, ""),
        MONTH("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
        /** A week goes from Sunday to Saturday; Sunday can also be written as 7. */
        DAY_OF_WEEK("day of week", 0, 6, "SUN MON TUE WED THU FRI SAT");

        private final String title;
        private final int first;
        private final int last;
        private final String names;

        Kind(String title, int first, int last, String names) {
            this.title = title;
            this.first = first;
            this.last = last;
            this.names = names;
        }

        /** Returns the value that has this name, or -1. */
        private int named(String text) {
            int at = text.length() == 3 ? names.indexOf(text.toUpperCase(Locale.ROOT)) : -1;
            return at < 0 ? -1 : first + at / 4;
        }

        private int greatest() {
            return this == DAY_OF_WEEK ? 7 : last;
        }
    }

    /** Reads a field, which is a list of values, ranges and steps. */
    static CronField parse(Kind kind, String text) {
        long values = 0;
        for (String part : text.split(",", -1)) {
            values |= part(kind, part);
        }
        long sunday = (values >>> 7) & 1;
        return new CronField(kind == Kind.DAY_OF_WEEK ? (values & 0x7f) | sunday : values, text.startsWith("*"));
    }

    /** Returns whether a value matches. */
    boolean has(int value) {
        return ((values >>> value) & 1) == 1;
    }

    /** Returns the first value from this one on that matches, -1 when none does. */
    int from(int value) {
        long rest = values >>> value;
        return value > 63 || rest == 0 ? -1 : value + Long.numberOfTrailingZeros(rest);
    }

    private static long part(Kind kind, String text) {
        Matcher part = PART.matcher(text);
        boolean star = text.startsWith("*");
        if (!part.matches() || (star && part.group(2) != null)) {
            throw invalid(kind, "a list of values, ranges a-b and steps */n", text);
        }
        int low = star ? kind.first : number(kind, part.group(1));
        int high = part.group(2) != null
                ? upTo(kind, low, part.group(2))
                : star || part.group(3) != null ? kind.last : low;
        if (high < low) {
            throw invalid(kind, "a range that goes up", text);
        }
        int step = step(kind, part.group(3));
        long values = 0;
        for (int value = low; value <= high; value += step) {
            values |= 1L << value;
        }
        return values;
    }

    /** A range that ends on a Sunday ends after Saturday. */
    private static int upTo(Kind kind, int low, String text) {
        int high = number(kind, text);
        return kind == Kind.DAY_OF_WEEK && high == 0 && low > 0 ? 7 : high;
    }

    private static int number(Kind kind, String text) {
        int named = kind.named(text);
        int value = text.matches("\\d+") ? Integer.parseInt(text) : named;
        if (value < kind.first || value > kind.greatest()) {
            String names = kind.names.isEmpty() ? "" : " or one of " + kind.names;
            throw invalid(kind, kind.first + " to " + kind.greatest() + names, text);
        }
        return value;
    }

    private static int step(Kind kind, @Nullable String text) {
        int step = text == null ? 1 : Integer.parseInt(text);
        int most = kind.last - kind.first + 1;
        if (step < 1 || step > most) {
            throw invalid(kind, "in steps of 1 to " + most, String.valueOf(text));
        }
        return step;
    }

    private static JobException invalid(Kind kind, String expected, String came) {
        return new JobException.Invalid(
                "the " + kind.title + " of a cron expression must be " + expected + ", but was " + Names.shown(came));
    }
}
