package dev.rq4j.job;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** When something is to run again and again: by a cron expression and the clocks of a zone, or in even steps. */
public sealed interface Schedule {

    /**
     * Returns the schedule of a cron expression, by the clocks of this zone; {@link CronExpression} says how to write one.
     *
     * @throws JobException.Invalid when the expression cannot be read or never comes
     */
    static Schedule cron(String expression, ZoneId zone) {
        return new Cron(CronExpression.of(expression), zone);
    }

    /**
     * Returns the schedule of a cron expression, by the clocks of the zone with this id, such as {@code Europe/Berlin}.
     *
     * @throws JobException.Invalid when the expression cannot be read or never comes, or nobody knows the zone
     */
    static Schedule cron(String expression, String zone) {
        return cron(expression, zoneOf(zone));
    }

    /** Returns the schedule of a cron expression in UTC. */
    static Schedule cron(String expression) {
        return cron(expression, ZoneOffset.UTC);
    }

    /**
     * Returns a schedule in even steps of one second to 100 years, a fraction of a millisecond cut off. The first run is
     * at once and sets the beat: each later one is a whole number of steps after it, however late a job was enqueued.
     *
     * @throws JobException.Invalid for any other duration
     */
    static Schedule every(Duration step) {
        return new Every(step);
    }

    /**
     * Reads what {@link #text()} and {@link #zone()} returned.
     *
     * @throws JobException.Invalid when it is no schedule
     */
    static Schedule of(String text, String zone) {
        try {
            return text.startsWith(Every.PREFIX)
                    ? every(Duration.parse(text.substring(Every.PREFIX.length())))
                    : cron(text, zoneOf(zone));
        } catch (DateTimeParseException malformed) {
            throw new JobException.Invalid(
                    "a schedule must be a cron expression or \"@every PT5M\", but was " + Names.shown(text));
        }
    }

    private static ZoneId zoneOf(String id) {
        try {
            return ZoneId.of(id);
        } catch (DateTimeException unknown) {
            throw new JobException.Invalid("a time zone must be one that this JVM knows, but was " + Names.shown(id));
        }
    }

    /** Returns the run to begin with. */
    Instant first(Instant now);

    /** Returns the first run after a moment; in even steps, one step after it. */
    Instant next(Instant after);

    /** Returns the first run after a moment, given one of the runs, which the moment may be before. */
    Instant next(Instant run, Instant after);

    /** Returns the newest of the runs from this one to now, at most so many, the oldest first. */
    List<Instant> due(Instant run, Instant now, int atMost);

    /** Returns what {@link #of} reads: the expression, or {@code @every} and a duration as ISO 8601 has it. */
    String text();

    /** Returns the id of the time zone; empty where none matters. */
    String zone();

    /** Returns the next runs after a moment. */
    default List<Instant> preview(Instant from, int count) {
        return runs(next(from), count).toList();
    }

    /** Returns a run and those after it, so many together. */
    default Stream<Instant> runs(Instant first, int count) {
        if (count < 0) {
            throw new JobException.Invalid("the number of runs to show must not be negative, but was " + count);
        }
        return Stream.iterate(first, this::next).limit(count);
    }

    /**
     * At the times of a cron expression.
     *
     * @param expression the expression
     * @param zoneId the zone whose clocks it is read by
     */
    record Cron(CronExpression expression, ZoneId zoneId) implements Schedule {

        /** An hour: whatever is due and newest is mostly in it. */
        private static final Duration FIRST_LOOK = Duration.ofHours(1);

        @Override
        public Instant first(Instant now) {
            return next(now);
        }

        @Override
        public Instant next(Instant after) {
            return expression.next(after, zoneId);
        }

        @Override
        public Instant next(Instant run, Instant after) {
            return next(after);
        }

        /** Looks back further and further: from a run of long ago there may be millions. */
        @Override
        public List<Instant> due(Instant run, Instant now, int atMost) {
            Duration back = FIRST_LOOK;
            while (run.isBefore(now.minus(back))) {
                Deque<Instant> found = newest(next(now.minus(back)), now, atMost);
                if (found.size() == atMost) {
                    return List.copyOf(found);
                }
                back = back.multipliedBy(4);
            }
            return List.copyOf(newest(run, now, atMost));
        }

        private Deque<Instant> newest(Instant first, Instant now, int atMost) {
            Deque<Instant> found = new ArrayDeque<>();
            for (Instant run = first; !run.isAfter(now); run = next(run)) {
                found.add(run);
                if (found.size() > atMost) {
                    found.remove();
                }
            }
            return found;
        }

        @Override
        public String text() {
            return expression.toString();
        }

        @Override
        public String zone() {
            return zoneId.getId();
        }
    }

    /**
     * In even steps.
     *
     * @param step from one run to the next
     */
    record Every(Duration step) implements Schedule {

        private static final String PREFIX = "@every ";
        private static final Duration SHORTEST = Duration.ofSeconds(1);
        private static final Duration LONGEST = Duration.ofDays(36_500);

        /** Cuts off what is finer than a millisecond, and refuses less than a second or more than a century. */
        public Every {
            if (step.compareTo(SHORTEST) < 0 || step.compareTo(LONGEST) > 0) {
                throw new JobException.Invalid("a schedule must have steps of 1 s to 100 years, but was " + step);
            }
            step = Duration.ofMillis(step.toMillis());
        }

        @Override
        public Instant first(Instant now) {
            return now;
        }

        @Override
        public Instant next(Instant after) {
            return CronExpression.known(after).plus(step);
        }

        @Override
        public Instant next(Instant run, Instant after) {
            return run.isAfter(after) ? run : run.plus(step.multipliedBy(steps(run, after) + 1));
        }

        @Override
        public List<Instant> due(Instant run, Instant now, int atMost) {
            long newest = run.isAfter(now) ? -1 : steps(run, now);
            return LongStream.rangeClosed(Math.max(0, newest - atMost + 1), newest)
                    .mapToObj(n -> run.plus(step.multipliedBy(n)))
                    .toList();
        }

        private long steps(Instant run, Instant now) {
            return Duration.between(run, now).dividedBy(step);
        }

        @Override
        public String text() {
            return PREFIX + step;
        }

        @Override
        public String zone() {
            return "";
        }
    }
}
