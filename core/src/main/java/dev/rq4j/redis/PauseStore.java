package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What keeps workers from taking jobs: a queue that is paused, or a suspension of all work. */
public final class PauseStore {

    private static final LuaScript PAUSE = LuaScript.named("pause");
    private static final LuaScript RESUME = LuaScript.named("resume");
    private static final String ALL = "";
    private static final String RESUMED = "resumed";
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Redis redis;
    private final PubSub messages;

    PauseStore(Redis redis, PubSub messages) {
        this.redis = redis;
        this.messages = messages;
    }

    /** Pauses a queue until it is resumed. */
    public Mono<Void> pause(String queue) {
        return redis.number(
                        PAUSE,
                        sending -> Args.of(redis.keys()).add(queue).add("").add(sending))
                .then();
    }

    /** Lets a queue go on. */
    public Mono<Void> resume(String queue) {
        return redis.number(
                        RESUME,
                        sending -> Args.of(redis.keys()).add(queue).add(RESUMED).add(sending))
                .then();
    }

    /** Emits whether a queue is paused. */
    public Mono<Boolean> isPaused(String queue) {
        return redis.read(commands -> commands.sismember(redis.keys().paused(), Args.bytes(queue)));
    }

    /** Suspends all work until it is resumed. */
    public Mono<Void> suspend() {
        return redis.number(
                        PAUSE, sending -> Args.of(redis.keys()).add(ALL).add("").add(sending))
                .then();
    }

    /** Suspends all work for so long; signals {@link JobException.Invalid}. */
    public Mono<Void> suspend(Duration duration) {
        return Mono.defer(() -> {
            if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
                return Mono.error(new JobException.Invalid("a suspension must be positive and at most "
                        + LONGEST.toDays() + " days, but was " + duration));
            }
            long millis = duration.plusNanos(999_999).toMillis();
            return redis.number(
                            PAUSE,
                            sending ->
                                    Args.of(redis.keys()).add(ALL).add(millis).add(sending))
                    .then();
        });
    }

    /** Lets all work go on, but for the queues that are paused. */
    public Mono<Void> resume() {
        return redis.number(
                        RESUME,
                        sending -> Args.of(redis.keys()).add(ALL).add(RESUMED).add(sending))
                .then();
    }

    /** Emits whether all work is suspended. */
    public Mono<Boolean> isSuspended() {
        return redis.read(commands -> commands.exists(redis.keys().suspended())).map(count -> count == 1);
    }

    /** Emits whenever something is resumed from here on, until cancelled; nothing where that cannot be heard. */
    public Flux<?> resumes() {
        return messages.listen(redis.keys().wakeChannel())
                .filter(message -> Args.text(message).equals(RESUMED))
                .onErrorResume(unheard -> Flux.never());
    }
}
