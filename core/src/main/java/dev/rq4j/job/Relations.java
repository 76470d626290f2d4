package dev.rq4j.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job has to do with others.
 *
 * @param parents the jobs that it waits for
 * @param inputFrom the one of them whose result is its input; null when it has an input of its own
 * @param callbacks the jobs that run when it has ended
 * @param webhooks the calls that tell how it ended
 */
public record Relations(
        Dependency parents, @Nullable JobId inputFrom, List<Callback> callbacks, List<Webhook> webhooks) {

    static final Relations NONE = new Relations(Dependency.NONE, null, List.of(), List.of());

    private static final int MAX_WEBHOOKS = 16;

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Relations {
        callbacks = Callback.checked(callbacks);
        webhooks = List.copyOf(webhooks);
        Checks.within("the number of webhooks", 0, MAX_WEBHOOKS, webhooks.size());
        if (inputFrom != null) {
            parents = parents.and(inputFrom);
        }
    }
}
