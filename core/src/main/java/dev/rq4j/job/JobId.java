package dev.rq4j.job;

import java.util.UUID;

/**
 * The id of a job, unique within a key prefix.
 *
 * @param value 1 to 200 of {@code A-Z a-z 0-9 _ -}: the alphabet that Python RQ accepts
 */
public record JobId(String value) {

    /** Refuses a value outside the alphabet with {@link JobException.Invalid}. */
    public JobId {
        Names.id(value);
    }

    /** Returns the id with this value. */
    public static JobId of(String value) {
        return new JobId(value);
    }

    /** Returns a new random id, a version 4 UUID as Python RQ makes them. */
    public static JobId random() {
        return new JobId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
