package dev.rq4j.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times as Python RQ writes and reads them. */
final class WireTime {

    /** Always six digits: a worker of RQ dies of nine. */
    private static final DateTimeFormatter SHOWN = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private WireTime() {}

    /** Returns the time as the hashes have it. */
    static String shown(Instant time) {
        return SHOWN.format(time);
    }

    /** Returns the time as the entries of results have it: seconds with a fraction. */
    static String seconds(Instant time) {
        return String.format(Locale.ROOT, "%d.%06d", time.getEpochSecond(), time.getNano() / 1000);
    }

    /** Returns a length of time in seconds with a fraction. */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%d.%06d", time.toSeconds(), time.toNanosPart() / 1000);
    }

    /** Returns the time as scores have it: seconds with three digits. */
    static String score(Instant time) {
        return String.format(Locale.ROOT, "%d.%03d", time.getEpochSecond(), time.getNano() / 1_000_000);
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
