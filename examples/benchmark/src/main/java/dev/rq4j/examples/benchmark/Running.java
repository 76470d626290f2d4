package dev.rq4j.examples.benchmark;

import dev.rq4j.worker.Worker;
import dev.rq4j.worker.WorkerBuilder;
import java.time.Duration;
import reactor.core.Disposable;

/** A worker that runs until it is closed. */
final class Running implements AutoCloseable {

    private final Worker worker;
    private final Disposable life;

    private Running(Worker worker) {
        this.worker = worker;
        this.life = worker.run().subscribe(end -> {}, error -> System.err.println("a worker ended: " + error));
    }

    static Running start(WorkerBuilder worker) {
        return new Running(worker.build());
    }

    /** Does something while a worker is at work. */
    static void during(WorkerBuilder worker, Bench.Action action) throws Exception {
        Running running = start(worker);
        try {
            action.run();
        } finally {
            running.close();
        }
    }

    @Override
    public void close() {
        worker.stop(Duration.ofSeconds(2)).block();
        life.dispose();
    }
}
