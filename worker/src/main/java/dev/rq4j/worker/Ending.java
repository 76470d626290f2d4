package dev.rq4j.worker;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Settled;
import dev.rq4j.worker.RunEnd.How;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** How a run ended, and what is to be written about it. */
sealed interface Ending {

    /** Writes it, and emits what came of that; nothing when there is nothing to write. */
    Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath);

    /** Returns what interceptors are told. */
    How how();

    /** A handler returned this, or nothing. A value that cannot be written is a failure. */
    static Ending of(@Nullable Object value, PayloadCodec codec) {
        try {
            return new Succeeded(value == null ? null : codec.encodeValue(value));
        } catch (RuntimeException | LinkageError | StackOverflowError unwritable) {
            return new Failed(unwritable);
        }
    }

    /** A handler signalled this, or could not be called because of it. */
    static Ending of(Throwable error) {
        return error instanceof Postponed postponed ? postponed.ending() : new Failed(error);
    }

    /** The handler succeeded, with a value, which is written already, or with nothing. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Succeeded(byte @Nullable [] value) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath) {
            return store.finish(attempt, value, aftermath.resultTtl(), aftermath.finished(attempt));
        }

        @Override
        public How how() {
            return How.FINISHED;
        }
    }

    /** The handler failed, or never got to run. */
    record Failed(Throwable error) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath) {
            String trace = ErrorText.of(error);
            return store.fail(attempt, trace, aftermath.mayRetry(error), aftermath.failed(attempt, trace));
        }

        @Override
        public How how() {
            return How.FAILED;
        }
    }

    /** The handler asked for another attempt; it has failed if it did so too often. */
    record RetryAsked(RetryPolicy policy) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath) {
            String reason = "The handler asked for another attempt; it may ask " + policy.times() + " times.";
            return store.retry(attempt, reason, policy, aftermath.failed(attempt, reason));
        }

        @Override
        public How how() {
            return How.POSTPONED;
        }
    }

    /** The handler put it off. */
    record Snoozed(Duration delay) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath) {
            return store.snooze(attempt, delay);
        }

        @Override
        public How how() {
            return How.POSTPONED;
        }
    }

    /** Somebody stopped it. */
    record Stopped(String reason) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath) {
            return store.stop(attempt, reason);
        }

        @Override
        public How how() {
            return How.STOPPED;
        }
    }

    /** It is for somebody else to do: from the front of its queue, or from the back. */
    record GivenBack(boolean toFront) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath) {
            return store.release(List.of(attempt.execution()), toFront).map(settled -> settled.get(0));
        }

        @Override
        public How how() {
            return How.LOST;
        }
    }

    /** The job is no longer ours: whatever we had to say, somebody else says it. */
    record Lost() implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, Aftermath aftermath) {
            return Mono.empty();
        }

        @Override
        public How how() {
            return How.LOST;
        }
    }
}
