package dev.rq4j.examples.webflux;

import dev.rq4j.worker.Worker;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Runs the worker for as long as the application runs. It starts before HTTP and stops after it, so that requests that
 * wait for a report at shutdown can still get it.
 */
@Component
class WorkerLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLifecycle.class);

    private final Worker worker;
    private final Duration grace;
    private volatile Disposable running = Disposables.disposed();

    WorkerLifecycle(Worker worker, Rq4jProperties properties) {
        this.worker = worker;
        this.grace = properties.grace();
    }

    @Override
    public void start() {
        running = worker.run()
                .subscribe(done -> {}, error -> LOG.error("The worker ended: reports are not written any more", error));
    }

    /** Reports that are not done within the grace period go back to the front of their queue, for another worker. */
    @Override
    public void stop(Runnable callback) {
        worker.stop(grace)
                .doFinally(end -> callback.run())
                .subscribe(done -> {}, error -> LOG.warn("The worker did not stop in order", error));
    }

    /** Not called by Spring, which calls the other one. */
    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }

    /** Whoever has a lower phase starts earlier and stops later. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;
    }
}
