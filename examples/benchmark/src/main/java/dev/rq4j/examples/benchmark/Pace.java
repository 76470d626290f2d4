package dev.rq4j.examples.benchmark;

import java.util.concurrent.locks.LockSupport;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Emits numbers at a steady pace, on a thread that does nothing else. */
final class Pace {

    private Pace() {}

    static Flux<Integer> of(int count, double perSecond) {
        return Flux.<Integer>create(sink -> {
                    long began = System.nanoTime();
                    for (int i = 0; i < count && !sink.isCancelled(); i++) {
                        long due = began + (long) (i * 1e9 / perSecond);
                        while (System.nanoTime() < due) {
                            LockSupport.parkNanos(due - System.nanoTime());
                        }
                        sink.next(i);
                    }
                    sink.complete();
                })
                .subscribeOn(Schedulers.boundedElastic());
    }
}
