package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Sends the requests of many callers together (group commit). Who comes when little is under way is sent at once; who
 * comes while two batches are waits for an answer to one of them, and is sent with all who came meanwhile: so nobody waits
 * for company, and the more there is to do, the less each costs.
 *
 * <p>When a script fails on a batch, each request of it is sent again by itself, so that none pays for another. When Redis
 * cannot be reached, those who have waited as long as a request is sent again are refused with the batch. Who cancels
 * before the request is sent has called it off, and leaves nothing behind.
 */
final class Batcher<T, R> {

    private static final int UNDER_WAY = 2;
    /** What one script does for so many takes it a few milliseconds. */
    private static final int MOST = 256;
    /** What makes up so much together is a batch, and so is one that is larger. */
    static final long MOST_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final Function<List<T>, Mono<List<R>>> send;
    private final ToLongFunction<T> size;
    private final Set<Waiting> waiting = new LinkedHashSet<>();
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
            Waiting one = new Waiting(request, size.applyAsLong(request), sink);
            if (add(one)) {
                sink.onDispose(() -> remove(one));
                drain();
            } else {
                sink.error(new JobException.Overloaded("more requests wait for Redis than the client holds", null));
            }
        });
    }

    private boolean add(Waiting one) {
        synchronized (waiting) {
            return waiting.size() < RedisEndpoint.MAX_PENDING && waiting.add(one);
        }
    }

    private void remove(Waiting one) {
        synchronized (waiting) {
            waiting.remove(one);
        }
    }

    /** Sends as much as may be under way; one thread at a time, and those who find it at work leave theirs to it. */
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
        synchronized (waiting) {
            Iterator<Waiting> first = waiting.iterator();
            while (first.hasNext() && batch.size() < MOST && bytes < MOST_BYTES) {
                Waiting one = first.next();
                first.remove();
                batch.add(one);
                bytes += one.size;
            }
        }
        return batch;
    }

    /** Whatever comes of it, even what ends a JVM, the next ones are sent when it is over. */
    private void send(List<Waiting> batch) {
        AtomicBoolean over = new AtomicBoolean();
        try {
            sent(batch)
                    .subscribe(
                            answers -> end(over, () -> answer(batch, answers)),
                            error -> end(over, () -> refuse(batch, error)));
        } catch (Throwable fatal) {
            end(over, () -> refuse(batch, fatal));
        }
    }

    private void end(AtomicBoolean over, Runnable telling) {
        if (over.compareAndSet(false, true)) {
            try {
                telling.run();
            } finally {
                underWay.decrementAndGet();
                drain();
            }
        }
    }

    private Mono<List<R>> sent(List<Waiting> batch) {
        return Mono.defer(
                        () -> send.apply(batch.stream().map(one -> one.request).toList()))
                .switchIfEmpty(Mono.error(AnswersOutOfStep::new));
    }

    /** What one of them throws while he is told keeps it from none of the others. */
    private void answer(List<Waiting> batch, List<R> answers) {
        for (int i = 0; i < batch.size(); i++) {
            try {
                batch.get(i).sink.success(answers.get(i));
            } catch (RuntimeException thrown) {
                LOG.error("whoever asked could not take the answer", thrown);
            }
        }
    }

    private void refuse(List<Waiting> batch, Throwable error) {
        if (batch.size() > 1 && error instanceof JobException.ServerError) {
            LOG.debug("{} requests failed together: each is sent again by itself", batch.size(), error);
            batch.forEach(one ->
                    sent(List.of(one)).subscribe(answers -> answer(List.of(one), answers), one.sink::error));
            return;
        }
        batch.forEach(one -> one.sink.error(ofOnesOwn(error)));
        if (RedisErrors.isTransient(error)) {
            outOfPatience().forEach(one -> one.sink.error(ofOnesOwn(error)));
        }
    }

    /** Each caller may write into his error where it passed. */
    private static Throwable ofOnesOwn(Throwable error) {
        String message = String.valueOf(error.getMessage());
        return error instanceof JobException.ServerUnavailable
                ? new JobException.ServerUnavailable(message, error)
                : error instanceof JobException.ServerReadOnly
                        ? new JobException.ServerReadOnly(message, error)
                        : error;
    }

    private List<Waiting> outOfPatience() {
        long latest = System.nanoTime() - Redis.PATIENCE.toNanos();
        synchronized (waiting) {
            List<Waiting> old =
                    waiting.stream().takeWhile(one -> one.since - latest <= 0).toList();
            old.forEach(waiting::remove);
            return old;
        }
    }

    private final class Waiting {
        private final T request;
        private final long size;
        private final MonoSink<R> sink;
        private final long since = System.nanoTime();

        Waiting(T request, long size, MonoSink<R> sink) {
            this.request = request;
            this.size = size;
            this.sink = sink;
        }
    }
}
