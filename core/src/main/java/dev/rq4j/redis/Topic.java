package dev.rq4j.redis;

import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The events of one queue, and who listens to them: to all, or to those of one job. Who comes and goes, and who is told that
 * he hears, is changed under the lock of the bus.
 */
final class Topic implements Channels.Listener {

    /** Stands among the ids of jobs for those who listen to all; no job has it. */
    static final String ALL = "";

    private final String queue;
    private final Mono<?> watch;
    private final Object lock;
    private final Map<String, Set<Listener>> listeners = new ConcurrentHashMap<>();
    private boolean heard;
    private volatile @Nullable Throwable refusal;

    /** The watch makes that events are published, and errs when that cannot be. */
    Topic(String queue, Mono<?> watch, Object lock) {
        this.queue = queue;
        this.watch = watch;
        this.lock = lock;
    }

    /** Who listens. All of it is called on the driver's threads and must be quick. */
    interface Listener {

        /** Returns the id of the job, or {@link #ALL}. */
        String job();

        /** From now on nothing is missed; when it comes again, something may have been. */
        void heard();

        void hear(JobEvent.Happened event);

        void refused(Throwable error);
    }

    String queue() {
        return queue;
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    /** Lets one listen, who may be listening already. */
    void add(Listener listener) {
        boolean first = listeners
                .computeIfAbsent(listener.job(), job -> ConcurrentHashMap.newKeySet())
                .add(listener);
        Throwable cause = refusal;
        if (cause != null) {
            listener.refused(cause);
        } else if (first && heard) {
            listener.heard();
        }
    }

    void remove(Listener listener) {
        listeners.computeIfPresent(listener.job(), (job, all) -> {
            all.remove(listener);
            return all.isEmpty() ? null : all;
        });
    }

    /** Says that events may have been missed, to those who were told before that they hear them. */
    void mayHaveMissed() {
        synchronized (lock) {
            if (heard) {
                tell(Listener::heard);
            }
        }
    }

    @Override
    public void heard() {
        watch.subscribe(watched -> beginAnew(), this::refused);
    }

    private void beginAnew() {
        synchronized (lock) {
            heard = true;
            tell(Listener::heard);
        }
    }

    @Override
    public void message(byte[] message) {
        read(Args.text(message)).ifPresent(event -> {
            tell(ALL, event);
            tell(event.job().value(), event);
        });
    }

    @Override
    public void refused(Throwable error) {
        refusal = error;
        tell(listener -> listener.refused(error));
    }

    private void tell(Consumer<Listener> what) {
        List.copyOf(listeners.values()).forEach(all -> all.forEach(what));
    }

    private void tell(String job, JobEvent.Happened event) {
        listeners.getOrDefault(job, Set.of()).forEach(listener -> listener.hear(event));
    }

    /** A word and an id, and perhaps something more. What is not that was written by nobody of us. */
    private Optional<JobEvent.Happened> read(String message) {
        String[] parts = message.split(" ", 3);
        try {
            return parts.length < 2
                    ? Optional.empty()
                    : Optional.of(new JobEvent.Happened(
                            JobId.of(parts[1]),
                            queue,
                            JobEvent.Type.ofWire(parts[0]),
                            parts.length == 3 ? parts[2] : null,
                            Instant.now()));
        } catch (JobException malformed) {
            return Optional.empty();
        }
    }
}
