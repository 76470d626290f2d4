package dev.rq4j.redis;

import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is to be done when its time has come, by Redis' own clock; any number of callers may do it at once. */
public final class TimeStore {

    private static final LuaScript DUE = LuaScript.named("due");
    private static final LuaScript PROMOTE = LuaScript.named("promote");
    private static final LuaScript EXPIRE = LuaScript.named("expire");
    private static final LuaScript PACE = LuaScript.named("pace");
    private static final LuaScript TEND = LuaScript.named("tend");
    private static final LuaScript VACATE = LuaScript.named("vacate");
    private static final LuaScript RESOLVE = LuaScript.named("resolve");
    private static final LuaScript ADVANCE = LuaScript.named("advance");
    /** How many jobs one script moves: enough to be quick, few enough to let others in between. */
    private static final int BATCH = 50;

    private final Redis redis;
    private final PubSub messages;

    TimeStore(Redis redis, PubSub messages) {
        this.redis = redis;
        this.messages = messages;
    }

    /** Emits what is due for these queues, and when the next thing will be. */
    public Mono<Due> due(List<String> queues) {
        return redis.list(DUE, Args.of(redis.keys()).addAll(queues)).map(answer -> Due.of(queues, answer));
    }

    /** Emits whenever something becomes due within about a second that was not to be before; until cancelled. */
    public Flux<byte[]> wakes() {
        return messages.listen(redis.keys().wakeChannel());
    }

    /** Puts the scheduled jobs of a queue that are due where they belong, batch by batch. */
    public Mono<Void> promote(String queue) {
        return whileFull(redis.number(PROMOTE, Args.of(redis.keys()).add(queue).add(BATCH)));
    }

    /** Takes back the jobs that waited for too long, or for others that will not end as they need, batch by batch. */
    public Mono<Void> expire() {
        return whileFull(redis.number(EXPIRE, Args.of(redis.keys()).add(BATCH)));
    }

    /** Gives the keys of which a start is free their next turns, batch by batch. */
    public Mono<Void> pace() {
        return whileFull(redis.number(PACE, Args.of(redis.keys()).add(BATCH)));
    }

    /** Tells the dependents that are left over how their parents ended, until all are told. */
    public Mono<Void> resolve() {
        return redis.number(RESOLVE, Args.of(redis.keys()))
                .repeat()
                .takeUntil(left -> left == 0)
                .then();
    }

    /** Looks after the deferred jobs of a queue whose parents Python ended, or are gone, batch by batch. */
    public Mono<Void> tend(String queue) {
        return Paging.through(
                        BATCH,
                        offset -> redis.list(
                                TEND,
                                Args.of(redis.keys()).add(queue).add(BATCH).add(offset)))
                .then();
    }

    /** Gives back the room that jobs with a limited key left without a word, as Python does, page by page. */
    public Mono<Void> vacate() {
        return Paging.<Long, Object>pages(
                        0L,
                        from -> redis.number(VACATE, Args.of(redis.keys()).add(from))
                                .map(next -> new Paging.Page<>(List.of(), next, next == 0)))
                .then();
    }

    /** Emits whether a duty that one worker does for all is to be done now, which is so once in this time. */
    public Mono<Boolean> turn(String duty, Duration pause) {
        return redis.read(commands -> commands.set(
                        redis.keys().turn(duty),
                        new byte[0],
                        SetArgs.Builder.nx().px(pause.toMillis())))
                .hasElement();
    }

    /** Brings all that waits for its time nearer by this, whatever the clock says: for tests. */
    public Mono<Void> advance(Duration by) {
        return redis.once(ADVANCE, Args.of(redis.keys()).add(WireTime.seconds(by)))
                .then();
    }

    private static Mono<Void> whileFull(Mono<Long> batch) {
        return batch.repeat().takeUntil(done -> done < BATCH).then();
    }
}
