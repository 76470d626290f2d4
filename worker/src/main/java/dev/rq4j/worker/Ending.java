package dev.rq4j.worker;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Settled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** How a run ended, and what is to be written about it. */
sealed interface Ending {

    /** Writes it, and emits what came of that; nothing when there is nothing to write. */
    Mono<Settled> settle(Attempt attempt, LeaseStore store, PayloadCodec codec);

    /** The handler succeeded, with a value or with nothing. A value that cannot be written is a failure. */
    record Succeeded(@Nullable Object value) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, PayloadCodec codec) {
            byte[] encoded;
            try {
                encoded = value == null ? null : codec.encodeValue(value);
            } catch (RuntimeException | LinkageError | StackOverflowError unwritable) {
                return new Failed(unwritable).settle(attempt, store, codec);
            }
            return store.finish(attempt, encoded, List.of());
        }
    }

    /** The handler failed, or never got to run. */
    record Failed(Throwable error) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, PayloadCodec codec) {
            return store.fail(attempt, ErrorText.of(error), true, List.of());
        }
    }

    /** Somebody stopped it. */
    record Stopped(String reason) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, PayloadCodec codec) {
            return store.stop(attempt, reason);
        }
    }

    /** It is for somebody else to do: from the front of its queue, or from the back. */
    record GivenBack(boolean toFront) implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, PayloadCodec codec) {
            return store.release(List.of(attempt.execution()), toFront).map(settled -> settled.get(0));
        }
    }

    /** The job is no longer ours: whatever we had to say, somebody else says it. */
    record Lost() implements Ending {
        @Override
        public Mono<Settled> settle(Attempt attempt, LeaseStore store, PayloadCodec codec) {
            return Mono.empty();
        }
    }
}
