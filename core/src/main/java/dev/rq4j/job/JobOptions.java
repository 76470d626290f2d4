package dev.rq4j.job;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How one job is to be queued, run and kept. Immutable; changed through a {@link Builder} in a lambda that starts from
 * the task's options.
 *
 * @param id the id asked for; null for a random one
 * @param ifExists what to do when a job with the id asked for exists already
 * @param description what people see in lists; null for the name of the task
 * @param timeout how long one attempt may run; null for no limit
 * @param resultTtl how long a finished job is kept; null for {@link Retention#RESULT_DEFAULT}
 * @param failureTtl how long a failed, stopped or canceled job is kept; null for {@link Retention#FAILURE_DEFAULT}
 * @param atFront whether the job goes to the front of its queue
 * @param maxRecoveries how often the job is queued again after its worker died; null for what the worker says
 */
public record JobOptions(
        @Nullable JobId id,
        IfExists ifExists,
        @Nullable String description,
        @Nullable Duration timeout,
        @Nullable Retention resultTtl,
        @Nullable Retention failureTtl,
        boolean atFront,
        @Nullable Integer maxRecoveries) {

    /** How long one attempt may run when nothing was asked for: 180 seconds, as in Python RQ. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(3);

    /** Nothing asked for. */
    public static final JobOptions DEFAULTS =
            new JobOptions(null, IfExists.REFUSE, null, DEFAULT_TIMEOUT, null, null, false, null);

    /** What to do when a job with the id asked for exists already, ended ones that are still kept included. */
    public enum IfExists {
        /** Signal {@link JobException.DuplicateJob} and leave the existing job alone. */
        REFUSE,
        /** Answer with a handle of the existing job and leave it alone. */
        RETURN_EXISTING
    }

    /** Returns these options after the change. */
    public JobOptions with(Consumer<Builder> change) {
        Builder builder = new Builder(this);
        change.accept(builder);
        return builder.build();
    }

    /** Collects changes to options. Each method replaces one option and returns this builder. */
    public static final class Builder {

        private @Nullable JobId id;
        private IfExists ifExists;
        private @Nullable String description;
        private @Nullable Duration timeout;
        private @Nullable Retention resultTtl;
        private @Nullable Retention failureTtl;
        private boolean atFront;
        private @Nullable Integer maxRecoveries;

        private Builder(JobOptions from) {
            this.id = from.id;
            this.ifExists = from.ifExists;
            this.description = from.description;
            this.timeout = from.timeout;
            this.resultTtl = from.resultTtl;
            this.failureTtl = from.failureTtl;
            this.atFront = from.atFront;
            this.maxRecoveries = from.maxRecoveries;
        }

        /** Asks for this id. Default: a random one. */
        public Builder id(String id) {
            return id(JobId.of(id));
        }

        /** Asks for this id. Default: a random one. */
        public Builder id(JobId id) {
            this.id = id;
            return this;
        }

        /** Says what to do when a job with the id asked for exists already. Default: {@link IfExists#REFUSE}. */
        public Builder ifExists(IfExists ifExists) {
            this.ifExists = ifExists;
            return this;
        }

        /**
         * Says what people see in lists, which other people's tools print too. Default: the name of the task, never its
         * input.
         */
        public Builder description(String description) {
            this.description = description;
            return this;
        }

        /**
         * Limits how long one attempt may run, in whole seconds, a fraction rounded up. Default: 180 s. When the time is
         * over the handler is cancelled and the job fails.
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new JobException.Invalid(
                        "a timeout must be positive, but was " + timeout + "; use noTimeout() for no limit");
            }
            this.timeout = Duration.ofSeconds(Retention.of(timeout).seconds());
            return this;
        }

        /** Lets an attempt run as long as it wants. */
        public Builder noTimeout() {
            this.timeout = null;
            return this;
        }

        /** Keeps a finished job for this long; zero keeps nothing. Default: 500 s. */
        public Builder resultTtl(Duration ttl) {
            return resultTtl(Retention.of(ttl));
        }

        /** Keeps a finished job as said. Default: {@link Retention#RESULT_DEFAULT}. */
        public Builder resultTtl(Retention retention) {
            this.resultTtl = retention;
            return this;
        }

        /** Keeps a failed, stopped or canceled job for this long; zero keeps nothing. Default: one year. */
        public Builder failureTtl(Duration ttl) {
            return failureTtl(Retention.of(ttl));
        }

        /** Keeps a failed, stopped or canceled job as said. Default: {@link Retention#FAILURE_DEFAULT}. */
        public Builder failureTtl(Retention retention) {
            this.failureTtl = retention;
            return this;
        }

        /** Puts the job at the front of its queue. Default: at the back. */
        public Builder atFront() {
            this.atFront = true;
            return this;
        }

        /**
         * Queues the job again at most this often after a worker died while it ran, and then fails it as abandoned; zero
         * fails it at once. Default: what the worker that finds it says.
         */
        public Builder maxRecoveries(int times) {
            if (times < 0) {
                throw new JobException.Invalid("maxRecoveries must not be negative, but was " + times);
            }
            this.maxRecoveries = times;
            return this;
        }

        private JobOptions build() {
            return new JobOptions(id, ifExists, description, timeout, resultTtl, failureTtl, atFront, maxRecoveries);
        }
    }
}
