package dev.rq4j.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How one job is to be queued, run and kept. Immutable; changed through a {@link Builder} in a lambda that starts from
 * the task's options.
 *
 * @param identity what it is known by
 * @param timing when it goes into its queue
 * @param running how long and how often it runs
 * @param keeping how long it is kept
 * @param relations what it has to do with other jobs
 * @param labels what people see
 */
public record JobOptions(
        Identity identity, Timing timing, Running running, Keeping keeping, Relations relations, Labels labels) {

    /** How long one attempt may run when nothing was asked for: 180 seconds, as in Python RQ. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(3);

    /** Nothing asked for. */
    public static final JobOptions DEFAULTS = new JobOptions(
            Identity.DEFAULTS,
            Timing.DEFAULTS,
            new Running(DEFAULT_TIMEOUT, null, null, null, List.of()),
            Keeping.DEFAULTS,
            Relations.NONE,
            Labels.NONE);

    /** What to do when a job with the id asked for exists already, ended ones that are still kept included. */
    public enum IfExists {
        /** Signal {@link JobException.DuplicateJob} and leave the existing job alone. */
        REFUSE,
        /** Answer with a handle of the existing job and leave it alone. */
        RETURN_EXISTING,
        /** Put the new job in the place of the existing one if that waits; refuse if it runs or has ended. */
        REPLACE
    }

    /** Refuses a job that waits for itself, with {@link JobException.Invalid}. */
    public JobOptions {
        JobId id = identity.id();
        Checks.demand(id == null || !relations.parents().ids().contains(id), "job " + id + " depends on itself");
    }

    /**
     * Returns these options after the change that somebody makes for one job. Refuses with {@link JobException.Invalid} what
     * only the options of a task can say without an id, which each of its jobs may bring.
     */
    JobOptions forOneJob(Consumer<Builder> change) {
        JobOptions asked = with(change);
        Checks.demand(
                asked.identity.id() != null || asked.identity.ifExists() == identity.ifExists(),
                "ifExists is for an id that was asked for, but there is none (of a unique key, say ifTaken)");
        return asked;
    }

    /** Returns these options after the change. */
    public JobOptions with(Consumer<Builder> change) {
        Builder builder = new Builder(this);
        change.accept(builder);
        return builder.build();
    }

    /**
     * Collects changes to options. Each method replaces one option, or adds to it where it says so, and returns this
     * builder. What cannot be is refused with {@link JobException.Invalid} once all changes are made.
     */
    public static final class Builder {

        private @Nullable JobId id;
        private IfExists ifExists;
        private @Nullable Unique unique;
        private @Nullable Duration delay;
        private @Nullable Instant at;
        private @Nullable Duration ttl;
        private boolean atFront;
        private @Nullable Duration timeout;
        private @Nullable Integer maxRecoveries;
        private @Nullable RetryPolicy retry;
        private @Nullable Repeat repeat;
        private List<RateLimit> limits;
        private Keeping keeping;
        private Dependency parents;
        private @Nullable JobId inputFrom;
        private final List<Callback> callbacks;
        private final List<Webhook> webhooks;
        private Labels labels;

        private Builder(JobOptions from) {
            this.id = from.identity.id();
            this.ifExists = from.identity.ifExists();
            this.unique = from.identity.unique();
            this.delay = from.timing.delay();
            this.at = from.timing.at();
            this.ttl = from.timing.ttl();
            this.atFront = from.timing.atFront();
            this.timeout = from.running.timeout();
            this.maxRecoveries = from.running.maxRecoveries();
            this.retry = from.running.retry();
            this.repeat = from.running.repeat();
            this.limits = from.running.limits();
            this.keeping = from.keeping;
            this.parents = from.relations.parents();
            this.inputFrom = from.relations.inputFrom();
            this.callbacks = new ArrayList<>(from.relations.callbacks());
            this.webhooks = new ArrayList<>(from.relations.webhooks());
            this.labels = from.labels;
        }

        /** Asks for this id. Default: a random one. */
        public Builder id(String id) {
            return id(JobId.of(id));
        }

        /** Asks for this id. Default: a random one. */
        public Builder id(JobId id) {
            this.id = Checks.given("an id", id);
            return this;
        }

        /**
         * Says what to do when a job with the id asked for exists already; for a single job, not without an {@link #id}.
         * Default: {@link IfExists#REFUSE}.
         */
        public Builder ifExists(IfExists ifExists) {
            this.ifExists = Checks.given("ifExists", ifExists);
            return this;
        }

        /** Lets one job at a time hold a key. Default: any number of jobs may do the same. */
        public Builder unique(Unique unique) {
            this.unique = Checks.given("a unique key", unique);
            return this;
        }

        /**
         * Says what people see in lists, which other people's tools print too: at most 1000 characters, none of them a
         * control character. Default: the name of the task, never its input.
         */
        public Builder description(String description) {
            this.labels = new Labels(Checks.given("a description", description), labels.group(), labels.meta());
            return this;
        }

        /**
         * Makes the job a member of the group with this name. An existing job that is returned in its place stays in the
         * group that it has, if any. Default: of none.
         */
        public Builder group(String name) {
            this.labels = new Labels(labels.description(), Checks.given("a group", name), labels.meta());
            return this;
        }

        /** Writes this on the job, as the client's codec does, for the handler and for tools to read. Default: nothing. */
        public Builder meta(Map<String, ?> meta) {
            this.labels = new Labels(labels.description(), labels.group(), Checks.given("meta", meta));
            return this;
        }

        /**
         * Starts the job no earlier than this long after it is enqueued, up to ten years, by the clock of Redis; zero is at
         * once. Not together with {@link #at}. Default: at once.
         */
        public Builder delay(Duration delay) {
            this.delay = Checks.given("a delay", delay);
            return this;
        }

        /**
         * Starts the job no earlier than at this time, by the clock of Redis, before the year 2200; at once when it is past.
         * Not together with {@link #delay}, nor with a {@link #ttl} that is over by then. Default: at once.
         */
        public Builder at(Instant time) {
            this.at = Checks.given("a time (at)", time);
            return this;
        }

        /**
         * Gives up when the job has not started this long after it was enqueued, in whole seconds, a fraction rounded up:
         * every key of it goes, and its result is {@link JobException.JobExpired}. Default: it waits for any time.
         */
        public Builder ttl(Duration ttl) {
            this.ttl = Checks.given("a ttl", ttl);
            return this;
        }

        /** Puts the job at the front of its queue. Default: at the back. */
        public Builder atFront() {
            this.atFront = true;
            return this;
        }

        /**
         * Limits how long one attempt may run, in whole seconds, a fraction rounded up. Default: 180 s. When the time is
         * over the handler is cancelled and the job fails.
         */
        public Builder timeout(Duration timeout) {
            this.timeout = Checks.given("a timeout", timeout);
            return this;
        }

        /** Lets an attempt run as long as it wants. */
        public Builder noTimeout() {
            this.timeout = null;
            return this;
        }

        /**
         * Queues the job again at most this often after a worker died while it ran, and then fails it as abandoned; zero
         * fails it at once. Default: what the worker that finds it says.
         */
        public Builder maxRecoveries(int times) {
            this.maxRecoveries = times;
            return this;
        }

        /** Runs the job again when an attempt fails. Default: it fails for good. */
        public Builder retry(RetryPolicy retry) {
            this.retry = Checks.given("a retry", retry);
            return this;
        }

        /**
         * Runs the job again when it has succeeded; its result is that of the last run. Only the last run queues the jobs
         * that depend on it, its callbacks and its webhooks; Python RQ queues dependents after each success. Default: it
         * runs once.
         */
        public Builder repeat(Repeat repeat) {
            this.repeat = Checks.given("a repeat", repeat);
            return this;
        }

        /**
         * Limits how many jobs of a key may run. A job can have one limit for all at once and one for a period. Default: no
         * limit but that of the workers.
         */
        public Builder limit(RateLimit limit) {
            this.limits = Running.with(limits, Checks.given("a limit", limit));
            return this;
        }

        /** Keeps a finished job for this long; zero keeps nothing. Default: 500 s. */
        public Builder resultTtl(Duration ttl) {
            return resultTtl(Retention.of(ttl));
        }

        /** Keeps a finished job as said. Default: {@link Retention#RESULT_DEFAULT}. */
        public Builder resultTtl(Retention retention) {
            this.keeping = new Keeping(Checks.given("a retention", retention), keeping.failure());
            return this;
        }

        /** Keeps a failed, stopped or canceled job for this long; zero keeps nothing. Default: one year. */
        public Builder failureTtl(Duration ttl) {
            return failureTtl(Retention.of(ttl));
        }

        /** Keeps a failed, stopped or canceled job as said. Default: {@link Retention#FAILURE_DEFAULT}. */
        public Builder failureTtl(Retention retention) {
            this.keeping = new Keeping(keeping.result(), Checks.given("a retention", retention));
            return this;
        }

        /** Adds jobs that have to finish before this one is queued. Default: it waits for none. */
        public Builder dependsOn(JobId... parents) {
            this.parents = this.parents.and(parents);
            return this;
        }

        /** Adds jobs that have to end before this one is queued; what it says besides replaces what was said before. */
        public Builder dependsOn(Dependency parents) {
            this.parents = this.parents.and(parents);
            return this;
        }

        /** Takes the result of this job as the input. */
        Builder inputFrom(JobId parent) {
            this.inputFrom = parent;
            return this;
        }

        /**
         * Adds a job that runs in the same queue once this one has finished. It is dropped when that can no longer be: a job
         * that has failed may be queued again for as long as it is kept.
         */
        public Builder onSuccess(JobRequest<?> request) {
            return callback(JobStatus.FINISHED, null, request);
        }

        /** Adds a job as {@link #onSuccess(JobRequest)} does, in the queue with this name. */
        public Builder onSuccess(String queue, JobRequest<?> request) {
            return callback(JobStatus.FINISHED, queue, request);
        }

        /** Adds a job that runs in the same queue once this one has failed, and is dropped when it can no longer fail. */
        public Builder onFailure(JobRequest<?> request) {
            return callback(JobStatus.FAILED, null, request);
        }

        /** Adds a job as {@link #onFailure(JobRequest)} does, in the queue with this name. */
        public Builder onFailure(String queue, JobRequest<?> request) {
            return callback(JobStatus.FAILED, queue, request);
        }

        /** Adds a job that runs in the same queue once this one was stopped while it ran, and is dropped as they are. */
        public Builder onStopped(JobRequest<?> request) {
            return callback(JobStatus.STOPPED, null, request);
        }

        /** Adds a job as {@link #onStopped(JobRequest)} does, in the queue with this name. */
        public Builder onStopped(String queue, JobRequest<?> request) {
            return callback(JobStatus.STOPPED, queue, request);
        }

        /** Adds an HTTP call that tells how the job ended. Default: none. */
        public Builder webhook(Webhook webhook) {
            this.webhooks.add(Checks.given("a webhook", webhook));
            return this;
        }

        private Builder callback(JobStatus when, @Nullable String queue, JobRequest<?> request) {
            this.callbacks.add(new Callback(when, queue, Checks.given("a callback", request)));
            return this;
        }

        private JobOptions build() {
            return new JobOptions(
                    new Identity(id, ifExists, unique),
                    new Timing(delay, at, ttl, atFront),
                    new Running(timeout, maxRecoveries, retry, repeat, limits),
                    keeping,
                    new Relations(parents, inputFrom, callbacks, webhooks),
                    labels);
        }
    }
}
