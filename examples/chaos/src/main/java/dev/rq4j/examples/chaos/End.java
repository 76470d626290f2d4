package dev.rq4j.examples.chaos;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a job is over in the books. */
enum End {
    FINISHED,
    FAILED,
    CANCELED,
    /** Nothing is left of it: it was not to be kept, or its time to live was over before it began. */
    GONE;

    /** Returns the end that a status of a job names, or null where it goes on. */
    static @Nullable End of(String status) {
        return switch (status.toLowerCase(Locale.ROOT)) {
            case "finished" -> FINISHED;
            case "failed", "stopped" -> FAILED;
            case "canceled" -> CANCELED;
            default -> null;
        };
    }
}
