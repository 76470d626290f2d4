package dev.rq4j.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What people and tools see of a job.
 *
 * @param description what lists show; null for the name of the task
 * @param group the name of the group that it belongs to; null for none
 * @param meta what the application wrote on it, of what the codec can write
 */
public record Labels(@Nullable String description, @Nullable String group, Map<String, ?> meta) {

    static final Labels NONE = new Labels(null, null, Map.of());

    /** Refuses a malformed name with {@link JobException.Invalid}. */
    public Labels {
        if (group != null) {
            Names.group(group);
        }
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    }
}
