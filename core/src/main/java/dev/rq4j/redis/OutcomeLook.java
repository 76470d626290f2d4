package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Looks how jobs have ended, for those who wait and were not told. */
final class OutcomeLook {

    private static final int READS = 500;

    private final OutcomeStore outcomes;
    private final PubSub messages;
    private final Waiters waiters;

    OutcomeLook(OutcomeStore outcomes, PubSub messages, Waiters waiters) {
        this.outcomes = outcomes;
        this.messages = messages;
        this.waiters = waiters;
    }

    /** Answers all who wait for a job. */
    @FunctionalInterface
    interface Settling {
        void settle(String id, Consumer<MonoSink<Outcome>> answer);
    }

    /** Looks at these jobs once, and answers those who wait for one that has ended or is gone. */
    Mono<Void> at(List<String> ids, Settling settling) {
        return Mono.defer(() -> {
            List<String> begun = ids.stream().filter(waiters::isBegun).toList();
            return begun.isEmpty()
                    ? Mono.empty()
                    : outcomes.statuses(begun)
                            .flatMap(statuses -> Flux.range(0, begun.size())
                                    .flatMap(i -> read(begun.get(i), statuses.get(i), settling), READS)
                                    .collectList())
                            .flatMap(missing -> miss(missing, settling));
        });
    }

    /** Reads the outcome of a job that has ended; emits the id of a job that is not there. */
    private Mono<String> read(String id, @Nullable JobStatus status, Settling settling) {
        if (status == null) {
            return Mono.just(id);
        }
        return status.isTerminal()
                ? outcomes.read(JobId.of(id), status)
                        .doOnNext(outcome -> settling.settle(id, sink -> sink.success(outcome)))
                        .onErrorResume(error -> !RedisErrors.isPassing(error), error -> {
                            settling.settle(id, sink -> sink.error(error));
                            return Mono.empty();
                        })
                        .then(Mono.empty())
                : Mono.empty();
    }

    /** A job that keeps nothing goes with a message that may still be on its way: it is here before the barrier is. */
    private Mono<Void> miss(List<String> missing, Settling settling) {
        return missing.isEmpty()
                ? Mono.empty()
                : messages.barrier()
                        .then(Mono.fromRunnable(() -> missing.stream()
                                .filter(waiters::isBegun)
                                .forEach(id -> settling.settle(id, sink -> sink.success(Outcome.GONE)))));
    }
}
