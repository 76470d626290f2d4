package dev.rq4j.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Times as Python RQ writes and reads them. */
final class WireTime {

    /** The year 9999, in seconds: later times are absurd. */
    private static final double LATEST = 253_402_300_799.0;

    private WireTime() {}

    /** Returns the time as the hashes have it. Always six digits: a worker of RQ dies of nine. */
    static String shown(Instant time) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
        StringBuilder text = new StringBuilder("uuuu-MM-ddTHH:mm:ss.".length() + "SSSSSSZ".length());
        digits(text, 10_000, utc.getYear()).append('-');
        digits(text, 100, utc.getMonthValue()).append('-');
        digits(text, 100, utc.getDayOfMonth()).append('T');
        digits(text, 100, utc.getHour()).append(':');
        digits(text, 100, utc.getMinute()).append(':');
        digits(text, 100, utc.getSecond()).append('.');
        return digits(text, 1_000_000, utc.getNano() / 1000).append('Z').toString();
    }

    /** Appends the number with as many digits as this power of ten has zeros. */
    private static StringBuilder digits(StringBuilder text, int power, int number) {
        for (int part = power / 10; part > 0; part /= 10) {
            text.append((char) ('0' + number / part % 10));
        }
        return text;
    }

    /** Returns the time as the entries of results have it: seconds with a fraction. */
    static String seconds(Instant time) {
        return decimal(time.getEpochSecond(), time.getNano() / 1000, 1_000_000);
    }

    /** Returns a length of time in seconds with a fraction. */
    static String seconds(Duration time) {
        return decimal(time.toSeconds(), time.toNanosPart() / 1000, 1_000_000);
    }

    /** Reads seconds with a fraction leniently: what is no time is null. */
    static @Nullable Instant ofSeconds(@Nullable String text) {
        try {
            return text == null ? null : ofSeconds(Double.parseDouble(text));
        } catch (NumberFormatException unreadable) {
            return null;
        }
    }

    /** Returns the time of a score; null for what is no time, or none that anybody will see. */
    static @Nullable Instant ofSeconds(double seconds) {
        if (!(seconds >= 0 && seconds < LATEST)) {
            return null;
        }
        long micros = Math.round(seconds * 1e6);
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
    }

    /** Returns the time as scores have it: seconds with three digits. */
    static String score(Instant time) {
        return decimal(time.getEpochSecond(), time.getNano() / 1_000_000, 1000);
    }

    /** A formatter would take a good part of the time that a job takes us, here and above. */
    private static String decimal(long whole, int part, int parts) {
        return whole + "." + Integer.toString(parts + part).substring(1);
    }

    /** Returns the time in milliseconds, rounded up: a job never starts before its time. */
    static long millisUp(Instant time) {
        return time.plusNanos(999_999).toEpochMilli();
    }

    /** Reads leniently: what is no time is null. */
    static @Nullable Instant read(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException unreadable) {
            return null;
        }
    }
}
