package dev.rq4j.redis;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Who has the turn at the duties of queues, so that not all workers do the same. It is thrift and no lock: every duty is safe
 * to do by any number at once.
 */
public final class TurnStore {

    private static final LuaScript TAKE = LuaScript.named("take-turns");
    private static final LuaScript LEAVE = LuaScript.named("leave-turns");
    private static final String LEFT = "turn";

    private final Redis redis;
    private final PubSub messages;

    TurnStore(Redis redis, PubSub messages) {
        this.redis = redis;
        this.messages = messages;
    }

    /** Takes or renews the turns at these queues for so long, and emits those that are whose token this is. */
    public Mono<List<String>> take(String token, List<String> queues, Duration time) {
        Args args = Args.of(redis.keys()).add(token).add(time.toMillis()).addAll(queues);
        return redis.list(TAKE, args, queues.size())
                .map(answers -> IntStream.range(0, queues.size())
                        .filter(i -> Answers.isOne(answers.get(i)))
                        .mapToObj(queues::get)
                        .toList());
    }

    /** Gives up what somebody has of the turns at these queues, and lets the others know. */
    public Mono<Void> leave(String token, List<String> queues) {
        return redis.number(LEAVE, Args.of(redis.keys()).add(token).add(LEFT).addAll(queues))
                .then();
    }

    /**
     * Emits how long it is until the first of the turns at these queues is over unless it is renewed; zero if one is free, as
     * one is that has more left than any turn lasts: Redis' clock went back since.
     */
    public Mono<Duration> left(List<String> queues, Duration turn) {
        return Flux.fromIterable(queues)
                .flatMapSequential(queue ->
                        redis.read(commands -> commands.pttl(redis.keys().queueTurn(queue))))
                .map(millis -> millis < 0 || millis > turn.toMillis() ? 0 : millis)
                .reduce(Long::min)
                .map(Duration::ofMillis);
    }

    /** Emits whenever somebody gives up a turn, until cancelled. */
    public Flux<?> leavings() {
        return messages.listen(redis.keys().wakeChannel())
                .filter(message -> Args.text(message).equals(LEFT));
    }
}
