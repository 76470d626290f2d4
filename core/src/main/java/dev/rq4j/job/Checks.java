package dev.rq4j.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may be asked for; each error names the option and says what came. */
final class Checks {

    /** Longer intervals are mistakes. */
    static final Duration YEAR = Duration.ofDays(365);

    /** Longer delays are mistakes. */
    static final Duration TEN_YEARS = Duration.ofDays(3650);

    /** Redis refuses an expiry that overflows its clock in milliseconds. */
    static final Duration CENTURY = Duration.ofDays(36_500);

    /** After so many intervals the last one repeats. */
    static final int MAX_INTERVALS = 100;

    private Checks() {}

    /** Refuses with this message unless the condition holds. */
    static void demand(boolean condition, String message) {
        if (!condition) {
            throw new JobException.Invalid(message);
        }
    }

    /** Returns the value when there is one. */
    static <T> T given(String option, @Nullable T value) {
        if (value == null) {
            throw new JobException.Invalid(option + " must be given, but was null");
        }
        return value;
    }

    /** Returns the number when it is within the bounds, which belong to them. */
    static int within(String option, int least, int most, int value) {
        demand(value >= least && value <= most, option + " must be " + least + " to " + most + ", but was " + value);
        return value;
    }

    /** Returns the duration in whole milliseconds, a fraction rounded up, when it is zero or more and not absurd. */
    static Duration notNegative(String option, Duration longest, Duration value) {
        demand(!given(option, value).isNegative(), option + " must not be negative, but was " + value);
        return notLonger(option, longest, value);
    }

    /** Returns the duration in whole milliseconds, a fraction rounded up, when it is more than zero and not absurd. */
    static Duration positive(String option, Duration longest, Duration value) {
        demand(!given(option, value).isNegative() && !value.isZero(), option + " must be positive, but was " + value);
        return notLonger(option, longest, value);
    }

    /** Returns intervals in whole milliseconds when there are some, and not too many, and none is absurd. */
    static List<Duration> intervals(String of, List<Duration> intervals) {
        within("the number of intervals of " + of, 1, MAX_INTERVALS, intervals.size());
        return intervals.stream()
                .map(interval -> notNegative("an interval of " + of, YEAR, interval))
                .toList();
    }

    /** Returns the duration in whole seconds, a fraction rounded up: nothing ends earlier than asked. */
    static Duration wholeSeconds(Duration value) {
        long seconds = value.toSeconds();
        return Duration.ofSeconds(value.toNanosPart() == 0 ? seconds : seconds + 1);
    }

    private static Duration notLonger(String option, Duration longest, Duration value) {
        demand(
                value.compareTo(longest) <= 0,
                option + " must be at most " + longest.toDays() + " days, but was " + value);
        int fraction = value.toNanosPart() % 1_000_000;
        return fraction == 0 ? value : value.plusNanos(1_000_000 - fraction);
    }
}
