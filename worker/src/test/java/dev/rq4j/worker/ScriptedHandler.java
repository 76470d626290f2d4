package dev.rq4j.worker;

import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One handler that does what the job tells it to, and remembers what happened. */
final class ScriptedHandler implements JobHandler<String, String> {

    /** Does what its input says: one of the words below. */
    static final Task<String, String> ACT = Task.of("tests.act", String.class, String.class);

    /** Ends when the test says so. */
    static final String GATE = "gate";

    /** Ends never. */
    static final String HANG = "hang";

    private final Queue<JobContext> started = new ConcurrentLinkedQueue<>();
    private final Queue<JobId> cancelled = new ConcurrentLinkedQueue<>();
    private final Queue<String> cancelThreads = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<JobId, Sinks.One<String>> gates = new ConcurrentHashMap<>();

    @Override
    public @Nullable Mono<String> handle(String act, JobContext job) {
        started.add(job);
        return switch (act) {
            case "empty" -> Mono.empty();
            case "fail" -> Mono.error(new IOException("broken on purpose"));
            case "throw" -> throw new IllegalArgumentException("thrown on purpose");
            case "null" -> null;
            case "overflow" -> Mono.just("" + overflow(1));
            case "late overflow" -> Mono.fromCallable(() -> "" + overflow(1));
            case "own timeout" -> Mono.error(new TimeoutException("a timeout of the handler's own"));
            case "context" ->
                Mono.deferContextual(
                        context -> Mono.just(context.get(JobContext.class).id().value()));
            case HANG -> watched(Mono.never(), job);
            case GATE -> watched(gate(job.id()).asMono(), job);
            default -> Mono.just(act);
        };
    }

    /** Lets a job end that waits at its gate or will come there. */
    void open(JobId job) {
        gate(job).tryEmitValue("through the gate");
    }

    /** Returns the jobs that were started, in that order, a job twice that was started twice. */
    List<JobId> started() {
        return started.stream().map(JobContext::id).toList();
    }

    /** Returns what the handler was told about the jobs. */
    List<JobContext> contexts() {
        return List.copyOf(started);
    }

    /** Returns the jobs whose handler was cancelled. */
    List<JobId> cancelled() {
        return List.copyOf(cancelled);
    }

    /** Returns the threads on which handlers were cancelled. */
    List<String> cancelThreads() {
        return List.copyOf(cancelThreads);
    }

    private Sinks.One<String> gate(JobId job) {
        return gates.computeIfAbsent(job, id -> Sinks.one());
    }

    private Mono<String> watched(Mono<String> work, JobContext job) {
        return work.doOnCancel(() -> {
            cancelThreads.add(Thread.currentThread().getName());
            cancelled.add(job.id());
        });
    }

    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }
}
