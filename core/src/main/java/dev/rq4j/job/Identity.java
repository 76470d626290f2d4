package dev.rq4j.job;

import dev.rq4j.job.JobOptions.IfExists;
import org.jspecify.annotations.Nullable;

/**
 * What a job is known by.
 *
 * @param id the id asked for; null for a random one
 * @param ifExists what to do when a job with the id asked for exists already
 * @param unique the key that one job at a time may hold; null for none
 */
public record Identity(
        @Nullable JobId id, IfExists ifExists, @Nullable Unique unique) {

    static final Identity DEFAULTS = new Identity(null, IfExists.REFUSE, null);

    /** Returns whether an existing job may be returned in place of a new one. */
    public boolean mayBeExisting() {
        return (id != null && ifExists == IfExists.RETURN_EXISTING)
                || (unique != null && unique.ifTaken() == IfExists.RETURN_EXISTING);
    }
}
