package dev.rq4j.redis;

import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the events of one job and makes them whole: they begin with where the job is, and what nobody told, such as
 * what a Python worker does, is found by looking.
 */
final class Follower implements Topic.Listener {

    private final JobId id;
    private final EventBuffer events;
    private final Consumer<Follower> onChange;
    private volatile String queue;
    private boolean heard;
    private boolean begun;
    /** Null when the last event did not say. */
    private @Nullable JobStatus status;

    private long changes;

    /** Calls this when somebody has to look after it: it has begun to hear, or its job has moved. */
    Follower(JobId id, String queue, EventBuffer events, Consumer<Follower> onChange) {
        this.id = id;
        this.queue = queue;
        this.events = events;
        this.onChange = onChange;
    }

    /** Returns the queue that the job is in, as far as is known. */
    String queue() {
        return queue;
    }

    @Override
    public String job() {
        return id.value();
    }

    @Override
    public void heard() {
        synchronized (this) {
            if (heard) {
                events.putGap();
            }
            heard = true;
        }
        onChange.accept(this);
    }

    @Override
    public void hear(JobEvent.Happened event) {
        JobEvent.Type type = event.type();
        synchronized (this) {
            // What happened before is in the first look, and how far a job is says nothing without where it is.
            if (!heard || (!begun && type == JobEvent.Type.PROGRESS)) {
                return;
            }
            put(event, type.status());
        }
        String to = event.detail();
        if (type == JobEvent.Type.MOVED && to != null) {
            queue = to;
            onChange.accept(this);
        }
    }

    @Override
    public void refused(Throwable error) {
        events.refuse(error);
    }

    /** Returns a number that grows with each event: a look that was overtaken by one is worth nothing. */
    synchronized long changes() {
        return changes;
    }

    /** Returns whether this is not what the events said; null is the status of a job that is not there. */
    synchronized boolean isNews(@Nullable JobStatus seen) {
        if (!begun || seen == null || status != null) {
            return seen != status || !begun;
        }
        return seen == JobStatus.STARTED || seen.isTerminal();
    }

    /** Takes note of the status that a look brought which began when there had been so many changes. */
    synchronized void see(@Nullable JobStatus seen, long changesBefore) {
        if (heard && changes == changesBefore && isNews(seen)) {
            JobEvent.Type type = seen == null ? JobEvent.Type.DELETED : JobEvent.Type.of(seen);
            put(new JobEvent.Happened(id, queue, type, null, Instant.now()), seen);
        }
    }

    private void put(JobEvent.Happened event, @Nullable JobStatus now) {
        begun = true;
        status = now;
        changes++;
        events.put(event);
    }
}
