package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message that says how a job has ended, as {@code lib/outcome.lua} writes it.
 *
 * @param job the job
 * @param letter how
 * @param field the field of the result's entry, where there is one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Announcement(String job, char letter, byte[] field) {

    /** Reads a message; null when it is nothing of the kind. */
    static @Nullable Announcement read(byte[] message) {
        for (int i = 1; i < message.length; i++) {
            if (message[i] == ':') {
                return new Announcement(
                        new String(message, 1, i - 1, StandardCharsets.US_ASCII),
                        (char) message[0],
                        Arrays.copyOfRange(message, i + 1, message.length));
            }
        }
        return null;
    }

    /** Returns the outcome; null when it is to be read from Redis. Throws {@link JobException.Unreadable}. */
    @Nullable
    Outcome outcome() {
        return switch (letter) {
            case 'N', 'V' -> Outcome.finished(field);
            case 'F' -> Outcome.failed(field);
            case 'S' -> Outcome.of(JobStatus.STOPPED);
            case 'C' -> Outcome.of(JobStatus.CANCELED);
            case 'D' -> Outcome.GONE;
            case 'X' -> Outcome.EXPIRED;
            default -> null;
        };
    }
}
