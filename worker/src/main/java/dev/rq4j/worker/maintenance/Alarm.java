package dev.rq4j.worker.maintenance;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/** Lets one sleep, and be woken. A call that comes while nobody sleeps ends the next sleep at once. */
final class Alarm implements Disposable {

    private static final Logger LOG = LoggerFactory.getLogger(Alarm.class);

    private static final Duration AT_LEAST = Duration.ofMillis(5);

    private final Scheduler timer;
    private final Disposable calls;
    private final AtomicBoolean called = new AtomicBoolean();
    private final AtomicReference<@Nullable MonoSink<Boolean>> sleeper = new AtomicReference<>();

    /** Hears the calls from now on; where they cannot be heard, nobody is woken. */
    Alarm(Publisher<?> calls, Scheduler timer) {
        this.timer = timer;
        this.calls = Flux.from(calls)
                .subscribe(call -> wake(), error -> LOG.warn("cannot be woken, looking by itself: {}", error, error));
    }

    /**
     * Goes round again and again until cancelled; each round emits how long to sleep after it, unless somebody calls. An
     * error is logged with what cannot be done, ends nothing, and is followed by this pause.
     */
    static Mono<Void> rounds(Mono<Duration> round, String what, Duration pause, Publisher<?> calls, Scheduler timer) {
        return Flux.usingWhen(
                        Mono.fromSupplier(() -> new Alarm(calls, timer)),
                        alarm -> round.onErrorResume(error -> {
                                    LOG.warn("cannot {}, trying again in {}: {}", what, pause, error);
                                    return Mono.just(pause);
                                })
                                .flatMap(alarm::sleep)
                                .repeat(),
                        alarm -> Mono.fromRunnable(alarm::dispose))
                .then();
    }

    /** Emits when the time is over, or somebody calls. */
    Mono<Boolean> sleep(Duration time) {
        return Mono.<Boolean>create(sink -> {
                    sleeper.set(sink);
                    if (called.get()) {
                        wake();
                    }
                })
                .timeout(time, Mono.just(false), timer)
                // Who is called often looks often enough all the same.
                .delayUntil(woken -> woken ? Mono.delay(AT_LEAST, timer) : Mono.empty())
                .doOnNext(woken -> called.set(false));
    }

    private void wake() {
        called.set(true);
        MonoSink<Boolean> sink = sleeper.getAndSet(null);
        if (sink != null) {
            sink.success(true);
        }
    }

    @Override
    public void dispose() {
        calls.dispose();
    }
}
