package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Sends the requests of many callers together (group commit). Who comes when little is under way is sent at once; who
 * comes while two batches are waits for an answer to one of them, and is sent with all who came meanwhile: so nobody waits
 * for company, and the more there is to do, the less each costs.
 *
 * <p>When a script fails on a batch, each request of it is sent again by itself, so that none pays for another. Who cancels
 * before the request is sent has called it off.
 */
final class Batcher<T, R> {

    private static final int UNDER_WAY = 2;
    /** What one script does for so many takes it a few milliseconds. */
    private static final int MOST = 256;

    private static final long MOST_BYTES = 1 << 20;
    /** As many as the driver would hold. */
    private static final int MOST_WAITING = 32_768;

    private final Function<List<T>, Mono<List<R>>> send;
    private final ToLongFunction<T> size;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();

    /** Sends by this, which emits an answer for each request in order, and is told by this how large one is in bytes. */
    Batcher(Function<List<T>, Mono<List<R>>> send, ToLongFunction<T> size) {
        this.send = send;
        this.size = size;
    }

    /** Sends a request when subscribed to, and emits its answer on the thread that brings it. */
    Mono<R> submit(T request) {
        return Mono.create(sink -> {
            if (count.incrementAndGet() > MOST_WAITING) {
                count.decrementAndGet();
                sink.error(new JobException.Overloaded("more requests wait for Redis than the client holds", null));
                return;
            }
            Waiting one = new Waiting(request, sink);
            sink.onDispose(() -> one.gone = true);
            waiting.add(one);
            drain();
        });
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            while (underWay.get() < UNDER_WAY) {
                List<Waiting> batch = next();
                if (batch.isEmpty()) {
                    break;
                }
                underWay.incrementAndGet();
                send(batch);
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private List<Waiting> next() {
        List<Waiting> batch = new ArrayList<>();
        long bytes = 0;
        while (batch.size() < MOST && bytes < MOST_BYTES) {
            Waiting one = waiting.poll();
            if (one == null) {
                break;
            }
            count.decrementAndGet();
            if (!one.gone) {
                batch.add(one);
                bytes += size.applyAsLong(one.request);
            }
        }
        return batch;
    }

    private void send(List<Waiting> batch) {
        Mono.defer(() -> send.apply(batch.stream().map(one -> one.request).toList()))
                .doFinally(end -> {
                    underWay.decrementAndGet();
                    drain();
                })
                .subscribe(answers -> answer(batch, answers), error -> refuse(batch, error));
    }

    private void answer(List<Waiting> batch, List<R> answers) {
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).sink.success(answers.get(i));
        }
    }

    private void refuse(List<Waiting> batch, Throwable error) {
        if (batch.size() > 1 && error instanceof JobException.ServerError) {
            batch.forEach(this::sendAlone);
        } else {
            batch.forEach(one -> one.sink.error(error));
        }
    }

    private void sendAlone(Waiting one) {
        Mono.defer(() -> send.apply(List.of(one.request)))
                .subscribe(answers -> answer(List.of(one), answers), one.sink::error);
    }

    private final class Waiting {
        private final T request;
        private final MonoSink<R> sink;
        private volatile boolean gone;

        Waiting(T request, MonoSink<R> sink) {
            this.request = request;
            this.sink = sink;
        }
    }
}
