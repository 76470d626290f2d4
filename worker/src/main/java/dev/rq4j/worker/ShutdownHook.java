package dev.rq4j.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Stops a worker in order when the JVM is told to end, and holds the JVM up for as long as that takes. */
final class ShutdownHook {

    private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final Thread thread;

    private ShutdownHook(Thread thread) {
        this.thread = thread;
    }

    /** A worker that begins when the JVM is ending already gets none: it ends with the JVM. */
    static ShutdownHook install(String worker, Duration grace, Mono<Void> stop) {
        Thread thread = new Thread(() -> waitFor(worker, grace.plus(MARGIN), stop), "rq4j-shutdown-" + worker);
        try {
            Runtime.getRuntime().addShutdownHook(thread);
        } catch (IllegalStateException ending) {
            LOG.debug("worker {} begins while the JVM ends", worker, ending);
        }
        return new ShutdownHook(thread);
    }

    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException ending) {
            LOG.trace("the JVM is ending: the hook has done its work", ending);
        }
    }

    private static void waitFor(String worker, Duration limit, Mono<Void> stop) {
        LOG.info("worker {} stops, since the JVM ends", worker);
        CountDownLatch done = new CountDownLatch(1);
        stop.doFinally(end -> done.countDown()).subscribe();
        try {
            if (!done.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("worker {} did not stop in time; what it held is recovered when the leases end", worker);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
