package dev.rq4j.job;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job to be enqueued again and again. Immutable; changed through a {@link Builder} in a lambda.
 *
 * @param name what it is known by, once in a key prefix
 * @param schedule when
 * @param queue the queue that its jobs go to
 * @param request what its jobs are to do; each gets an id of its own
 * @param missed what becomes of runs that nobody was there for
 * @param overlap what to do while the last job waits or runs
 * @param paused whether it is put without being run
 */
public record CronEntry(
        String name,
        Schedule schedule,
        String queue,
        JobRequest<?> request,
        Missed missed,
        Overlap overlap,
        boolean paused) {

    /** Refuses malformed names, and what one job can have but not each of many, with {@link JobException.Invalid}. */
    public CronEntry {
        Names.cron(name);
        Names.queue(queue);
        Checks.given("the schedule of a cron entry", schedule);
        JobOptions asked = Checks.given("the request of a cron entry", request).options();
        refuse(name, "an id in common", asked.identity().id());
        refuse(name, "a time in common", asked.timing().at());
        List<JobId> parents = asked.relations().parents().ids();
        refuse(name, "jobs to wait for", parents.isEmpty() ? null : parents);
        List<Callback> callbacks = asked.relations().callbacks();
        refuse(name, "callbacks", callbacks.isEmpty() ? null : callbacks.size());
        refuse(name, "a group", asked.labels().group());
    }

    private static void refuse(String name, String what, @Nullable Object came) {
        Checks.demand(
                came == null,
                "the jobs of cron entry " + name + " cannot have " + what + ", but the request asks for " + came);
    }

    /** Returns an entry that makes one run for all it missed, lets its jobs overlap, and is not paused. */
    public static CronEntry of(String name, Schedule schedule, String queue, JobRequest<?> request) {
        return new CronEntry(name, schedule, queue, request, Missed.one(), Overlap.ALLOW, false);
    }

    /** Returns this entry after the change. */
    public CronEntry with(Consumer<Builder> change) {
        Builder builder = new Builder(this);
        change.accept(builder);
        return builder.build();
    }

    /** Collects changes to an entry. Each method replaces one setting and returns this builder. */
    public static final class Builder {

        private final CronEntry from;
        private Missed missed;
        private Overlap overlap;
        private boolean paused;

        private Builder(CronEntry from) {
            this.from = from;
            this.missed = from.missed;
            this.overlap = from.overlap;
            this.paused = from.paused;
        }

        /** Says what becomes of runs that nobody was there for. Default: {@link Missed#one()}. */
        public Builder missed(Missed missed) {
            this.missed = missed;
            return this;
        }

        /** Says what to do while the last job waits or runs. Default: {@link Overlap#ALLOW}. */
        public Builder overlap(Overlap overlap) {
            this.overlap = overlap;
            return this;
        }

        /** Puts it without running it, until it is resumed. Default: a new entry runs, an old one stays as it is. */
        public Builder paused() {
            this.paused = true;
            return this;
        }

        private CronEntry build() {
            return new CronEntry(from.name, from.schedule, from.queue, from.request, missed, overlap, paused);
        }
    }
}
