package dev.rq4j.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What people and tools see of a job.
 *
 * @param description what lists show, at most 1000 characters without control characters; null for the name of the
 *     task
 * @param group the name of the group that it belongs to; null for none
 * @param meta what the application wrote on it, of what the codec can write
 */
public record Labels(@Nullable String description, @Nullable String group, Map<String, ?> meta) {

    static final Labels NONE = new Labels(null, null, Map.of());

    private static final int MAX_DESCRIPTION = 1000;

    /** Refuses a malformed name or description with {@link JobException.Invalid}. */
    public Labels {
        if (description != null) {
            Checks.demand(
                    description.length() <= MAX_DESCRIPTION
                            && description.chars().noneMatch(Character::isISOControl),
                    "a description must be at most " + MAX_DESCRIPTION
                            + " characters without control characters, but was " + Names.shown(description));
        }
        if (group != null) {
            Names.group(group);
        }
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    }

    /** Shows of the metadata what it has and not what that says. */
    @Override
    public String toString() {
        return "Labels[description=" + description + ", group=" + group + ", meta=" + meta.keySet() + "]";
    }
}
