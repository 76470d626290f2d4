package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class EventBufferTest {

    private final Worked scheduler = new Worked();
    private final AtomicReference<EventBuffer> buffer = new AtomicReference<>();
    private final Disposable listening = Disposables.single();
    private final List<JobEvent> heard = new CopyOnWriteArrayList<>();

    @Test
    void itsThreadGoesWithTheSubscription() {
        Disposable subscription = stream().subscribe(heard::add);
        buffer.get().putGap();
        scheduler.time.advanceTime();
        assertThat(heard).hasSize(1);

        subscription.dispose();

        assertThat(scheduler.worker.isDisposed()).isTrue();
        assertThat(listening.isDisposed()).isTrue();
    }

    @Test
    void whatComesForSomebodyWhoHasLeftIsLost() {
        stream().subscribe(heard::add).dispose();

        buffer.get().putGap();
        buffer.get().refuse(new IllegalStateException("too late"));
        scheduler.time.advanceTime();

        assertThat(heard).isEmpty();
    }

    private Flux<JobEvent> stream() {
        return EventBuffer.stream("q", scheduler, events -> {
            buffer.set(events);
            return listening;
        });
    }

    /** Runs things when the test says so, and remembers who does. */
    private static final class Worked implements Scheduler {
        private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        private Worker worker = Schedulers.immediate().createWorker();

        @Override
        public Disposable schedule(Runnable task) {
            return time.schedule(task);
        }

        @Override
        public Worker createWorker() {
            worker = time.createWorker();
            return worker;
        }
    }
}
