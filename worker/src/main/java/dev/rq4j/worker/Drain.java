package dev.rq4j.worker;

import dev.rq4j.job.JobId;
import dev.rq4j.redis.Claims;
import dev.rq4j.redis.QueueStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Remembers what a drain gave back, and so knows when nothing else is left. */
final class Drain {

    private static final int PAGE = 1000;

    private final QueueStore store;
    private final List<String> queues;
    private final Set<String> givenBack = ConcurrentHashMap.newKeySet();

    Drain(QueueStore store, List<String> queues) {
        this.store = store;
        this.queues = queues;
    }

    void giveBack(JobId job) {
        givenBack.add(job.value());
    }

    boolean hasGivenBack() {
        return !givenBack.isEmpty();
    }

    /** Returns whether there is anything among these that was not given back before. */
    boolean isNews(Claims claims) {
        return claims.jobs().stream()
                .anyMatch(job -> !givenBack.contains(job.execution().job().value()));
    }

    /** Emits the open queues that hold more than what was given back, as seen after a claim that brought nothing else. */
    Mono<List<String>> unfinished(Claims claims) {
        return hasGivenBack()
                ? Flux.fromIterable(claims.open(queues))
                        .filterWhen(this::hasMore)
                        .collectList()
                : Mono.just(List.of());
    }

    private Mono<Boolean> hasMore(String queue) {
        return Flux.range(0, Integer.MAX_VALUE)
                .concatMap(page -> store.ids(queue, (long) page * PAGE, PAGE).collectList(), 0)
                .takeUntil(ids -> ids.size() < PAGE)
                .concatMapIterable(Function.identity())
                .any(id -> !givenBack.contains(id));
    }
}
