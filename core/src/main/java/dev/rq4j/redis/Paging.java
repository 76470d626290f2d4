package dev.rq4j.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Walks what is too long to be read at once. */
final class Paging {

    private Paging() {}

    /** Returns the index of the last on a page; Redis counts from the end what overflows. */
    static long last(long offset, long count) {
        return offset > Long.MAX_VALUE - count ? Long.MAX_VALUE : offset + count - 1;
    }

    /**
     * One page.
     *
     * @param items what is on it
     * @param next where the next begins
     * @param last whether there is none
     */
    record Page<C, T>(List<T> items, C next, boolean last) {}

    /** Emits what is on all pages, page by page as it is asked for. */
    static <C, T> Flux<T> pages(C start, Function<C, Mono<Page<C, T>>> read) {
        return Flux.defer(() -> {
            AtomicReference<C> place = new AtomicReference<>(start);
            return Flux.range(0, Integer.MAX_VALUE)
                    .concatMap(i -> read.apply(place.get()).doOnNext(page -> place.set(page.next())), 0)
                    .takeUntil(Page::last)
                    .concatMapIterable(Page::items, 1);
        });
    }

    /** Reads what a script answers that scans: the next cursor, which is 0 at the end, and what is on the page. */
    static Page<String, Object> scanned(List<Object> answer) {
        String next = Answers.text(answer.get(0));
        return new Page<>(answer.subList(1, answer.size()), next, next.equals("0"));
    }

    /**
     * Walks a sorted set from which a script removes what it handles, so that only what it leaves alone is passed over.
     * Emits the answer of each call, which begins with the entries seen and the entries left alone.
     */
    static Flux<List<Object>> through(int batch, LongFunction<Mono<List<Object>>> call) {
        return Flux.defer(() -> {
            long[] offset = {0};
            long[] seen = {0};
            // It is not cancelled at the last: a call that is cancelled has the connection asked for a sign of life.
            return Mono.defer(() -> call.apply(offset[0]))
                    .doOnNext(answer -> {
                        seen[0] = Answers.number(answer.get(0));
                        offset[0] += Answers.number(answer.get(1));
                    })
                    .repeat(() -> seen[0] >= batch);
        });
    }
}
