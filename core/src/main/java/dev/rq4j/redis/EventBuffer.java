package dev.rq4j.redis;

import dev.rq4j.job.JobEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The events that one listener has not asked for yet. It holds so many and no more; of more than that the oldest are lost,
 * and how many those were is told in their place. Nobody who puts something in ever waits.
 */
final class EventBuffer {

    static final int SIZE = 256;

    private final String queue;
    private final FluxSink<JobEvent> sink;
    private final Scheduler.Worker thread;
    private final AtomicInteger work = new AtomicInteger();
    private final Deque<JobEvent> events = new ArrayDeque<>();
    /** How many were lost before those that are here. */
    private long missed;

    private EventBuffer(String queue, FluxSink<JobEvent> sink, Scheduler scheduler) {
        this.queue = queue;
        this.sink = sink;
        this.thread = scheduler.createWorker();
    }

    /** Emits what is put into the buffer, on a thread that is not the driver's; the listening ends with the stream. */
    static Flux<JobEvent> stream(String queue, Function<EventBuffer, Disposable> listening) {
        return stream(queue, Schedulers.parallel(), listening);
    }

    /** Emits them on a thread of this scheduler. */
    static Flux<JobEvent> stream(String queue, Scheduler scheduler, Function<EventBuffer, Disposable> listening) {
        return Flux.create(
                sink -> {
                    EventBuffer buffer = new EventBuffer(queue, sink, scheduler);
                    sink.onRequest(n -> buffer.deliver());
                    sink.onDispose(Disposables.composite(listening.apply(buffer), buffer.thread));
                },
                FluxSink.OverflowStrategy.ERROR);
    }

    void put(JobEvent event) {
        synchronized (events) {
            if (events.size() == SIZE) {
                lose(events.poll());
            }
            events.add(event);
        }
        deliver();
    }

    /** Tells in its place that any number may have been missed. */
    void putGap() {
        put(new JobEvent.Missed(queue, JobEvent.Missed.UNKNOWN, Instant.now()));
    }

    /** Ends the stream without what is still here. */
    void refuse(Throwable error) {
        onThread(() -> {
            if (!sink.isCancelled()) {
                sink.error(error);
            }
        });
    }

    private void lose(JobEvent oldest) {
        boolean countable = oldest instanceof JobEvent.Happened && missed != JobEvent.Missed.UNKNOWN;
        missed = countable ? missed + 1 : JobEvent.Missed.UNKNOWN;
    }

    private void deliver() {
        if (work.getAndIncrement() == 0) {
            onThread(this::workOff);
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.schedule(task);
        } catch (RejectedExecutionException left) {
            // Nobody listens any more, and who puts something in has not noticed yet.
        }
    }

    private void workOff() {
        int seen = work.get();
        do {
            while (sink.requestedFromDownstream() > 0) {
                JobEvent next = take();
                if (next == null) {
                    break;
                }
                sink.next(next);
            }
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private @Nullable JobEvent take() {
        synchronized (events) {
            if (missed != 0) {
                JobEvent gap = new JobEvent.Missed(queue, missed, Instant.now());
                missed = 0;
                return gap;
            }
            return events.poll();
        }
    }
}
