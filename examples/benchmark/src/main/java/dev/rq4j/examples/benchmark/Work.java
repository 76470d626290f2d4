package dev.rq4j.examples.benchmark;

import dev.rq4j.JobClient;
import dev.rq4j.job.Task;
import dev.rq4j.worker.Worker;
import dev.rq4j.worker.WorkerBuilder;
import java.time.Duration;
import java.util.Random;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the jobs do, which is as little as can be. */
enum Work {
    NOTHING("noop"),
    INPUT_OUTPUT("io"),
    COMPUTING("cpu"),
    SLOW("slow");

    static final String QUEUE = "benchmark";
    static final Task<Order, String> TASK = Task.of("benchmark.order", Order.class, String.class);

    /** Some hundred bytes of JSON, as most jobs have. */
    static final int USUAL = 100;

    static final String DONE = "done";

    private static final long COMPUTING_NANOS = 50_000;
    /** What an order is in JSON without its note. */
    private static final int FRAME = 43;

    private final String label;

    /** What goes into a job. */
    record Order(long id, String customer, String note) {

        /** Returns one of this many bytes of JSON, which compress as badly as text does. */
        static Order ofBytes(int bytes) {
            String note = new Random(bytes)
                    .ints(Math.max(0, bytes - FRAME), 'a', 'z' + 1)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            return new Order(4711, "Lovelace", note);
        }
    }

    Work(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Returns a builder of workers that do this. */
    WorkerBuilder worker(JobClient jobs, int concurrency) {
        return Worker.builder(jobs)
                .queues(QUEUE)
                .concurrency(concurrency)
                .keepsRunningOnSignals()
                .handle(TASK, order -> run());
    }

    private Mono<String> run() {
        return switch (this) {
            case NOTHING -> Mono.just(DONE);
            case INPUT_OUTPUT -> Mono.delay(Duration.ofMillis(1)).thenReturn(DONE);
            case COMPUTING -> Mono.fromSupplier(Work::compute);
            case SLOW -> Mono.delay(Duration.ofSeconds(1)).thenReturn(DONE);
        };
    }

    /** Enqueues so many jobs in bulk, and waits until that is done. */
    static void fill(Bench bench, int count, Order order) {
        Flux.range(0, count)
                .map(i -> TASK.request(order))
                .as(bench.queue()::enqueueAll)
                .blockLast();
    }

    static void fill(Bench bench, int count) {
        fill(bench, count, Order.ofBytes(USUAL));
    }

    private static String compute() {
        long until = System.nanoTime() + COMPUTING_NANOS;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        return DONE;
    }
}
