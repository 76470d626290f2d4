package dev.rq4j.redis;

import java.util.List;
import java.util.function.LongFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Walks a sorted set from which a script removes what it handles: only what it leaves alone is passed over. */
final class Paging {

    private Paging() {}

    /** Emits the answer of each call, which begins with the entries seen and the entries left alone. */
    static Flux<List<Object>> through(int batch, LongFunction<Mono<List<Object>>> call) {
        return Flux.defer(() -> {
            long[] offset = {0};
            return Mono.defer(() -> call.apply(offset[0]))
                    .doOnNext(answer -> offset[0] += Answers.number(answer.get(1)))
                    .repeat()
                    .takeUntil(answer -> Answers.number(answer.get(0)) < batch);
        });
    }
}
