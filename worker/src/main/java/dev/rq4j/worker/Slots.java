package dev.rq4j.worker;

import dev.rq4j.redis.Settled;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Runs jobs, so many at a time, and emits what comes of them, as {@code flatMap} does. But that looks at all that run
 * whenever one ends, and where thousands run this takes longer than everything else. What it emits waits for demand without
 * bound: whoever asks for little gets no fewer jobs run.
 */
final class Slots extends BaseSubscriber<Lease> {

    private final int count;
    private final Run run;
    private final FluxSink<Settled> sink;
    private final Set<Disposable> running = ConcurrentHashMap.newKeySet();
    /** How many run, and one more until all have come. */
    private final AtomicInteger open = new AtomicInteger(1);

    private volatile boolean disposed;

    private Slots(int count, Run run, FluxSink<Settled> sink) {
        this.count = count;
        this.run = run;
        this.sink = sink;
    }

    /** Runs a job. */
    @FunctionalInterface
    interface Run {
        /** Completes when the job has ended here; calls this as soon as another may have its slot, if that is before. */
        Mono<Settled> of(Lease lease, Runnable next);
    }

    /** Asks for as many as there are slots, and for another whenever one is free. Cancelling cancels all that run. */
    static Flux<Settled> fill(Flux<Lease> leases, int count, Run run) {
        return Flux.create(sink -> {
            Slots slots = new Slots(count, run, sink);
            sink.onDispose(slots);
            leases.subscribe(slots);
        });
    }

    @Override
    public Context currentContext() {
        return Context.of(sink.contextView());
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(count);
    }

    @Override
    protected void hookOnNext(Lease lease) {
        open.incrementAndGet();
        Slot slot = new Slot();
        running.add(slot);
        if (!disposed) {
            run.of(lease, slot::free).subscribe(slot);
        }
    }

    @Override
    protected void hookOnComplete() {
        end();
    }

    @Override
    protected void hookOnError(Throwable error) {
        sink.error(error);
    }

    @Override
    public void dispose() {
        super.dispose();
        // Also where nothing more comes, and there is nothing to cancel but what runs.
        disposed = true;
        running.forEach(Disposable::dispose);
    }

    private void end() {
        if (open.decrementAndGet() == 0) {
            sink.complete();
        }
    }

    private final class Slot extends BaseSubscriber<Settled> {
        private final AtomicBoolean free = new AtomicBoolean();

        void free() {
            if (free.compareAndSet(false, true)) {
                Slots.this.request(1);
            }
        }

        @Override
        public Context currentContext() {
            return Slots.this.currentContext();
        }

        @Override
        protected void hookOnNext(Settled settled) {
            sink.next(settled);
        }

        @Override
        protected void hookOnComplete() {
            running.remove(this);
            free();
            end();
        }

        @Override
        protected void hookOnError(Throwable error) {
            sink.error(error);
        }
    }
}
