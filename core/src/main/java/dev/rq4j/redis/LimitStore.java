package dev.rq4j.redis;

import dev.rq4j.job.RateLimit;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What can be done to keys of limits and the jobs that they hold back, of one key or of all that a queue has. */
public final class LimitStore {

    private static final LuaScript EMPTY = LuaScript.named("empty-limit");
    private static final LuaScript RELIST = LuaScript.named("relist");
    private static final String LIMIT = "limit";
    private static final String RATE = "rate";
    /** How many entries one script looks at: enough to be quick, few enough to let others in between. */
    private static final int BATCH = 200;
    /** How many keys are looked at side by side: most hold back nothing, or a few. */
    private static final int KEYS_AT_A_TIME = 16;

    private final Redis redis;

    LimitStore(Redis redis) {
        this.redis = redis;
    }

    /** Emits how many jobs a key holds back. */
    public Mono<Long> waiting(RateLimit limit) {
        return redis.read(commands -> commands.zcard(heldBack(limit)));
    }

    /** Emits a page of the jobs that a key holds back, in the order in which their turns come. */
    public Flux<String> waiting(RateLimit limit, long offset, long count) {
        return page(heldBack(limit), offset, count);
    }

    /** Emits a page of the jobs of a key that are let through, in the order in which they were. */
    public Flux<String> admitted(String key, long offset, long count) {
        return page(redis.keys().allowed(key), offset, count);
    }

    /** Deletes the jobs of a queue that keys hold back, batch by batch. */
    Mono<Void> empty(String queue) {
        return Flux.concat(keys(LIMIT), keys(RATE))
                .flatMap(key -> Paging.through(BATCH, offset -> call(EMPTY, queue, key, offset)), KEYS_AT_A_TIME)
                .then();
    }

    /** Lists a queue again if a key holds a job of it back, and emits whether that is so. */
    Mono<Boolean> relist(String queue) {
        return Flux.concat(keys(LIMIT), keys(RATE))
                .flatMap(key -> Paging.through(BATCH, offset -> call(RELIST, queue, key, offset)), KEYS_AT_A_TIME)
                .any(answer -> Answers.isOne(answer.get(2)));
    }

    private Mono<List<Object>> call(LuaScript script, String queue, Key key, long offset) {
        return redis.list(
                script,
                Args.of(redis.keys())
                        .add(queue)
                        .add(key.kind())
                        .add(key.name())
                        .add(BATCH)
                        .add(offset));
    }

    private Flux<Key> keys(String kind) {
        Flux<byte[]> names =
                Paging.pages(ScanCursor.INITIAL, after -> kind.equals(LIMIT) ? limits(after) : rates(after));
        return names.map(name -> new Key(kind, name));
    }

    private Mono<Paging.Page<ScanCursor, byte[]>> limits(ScanCursor after) {
        return redis.read(commands -> commands.sscan(redis.keys().limits(), after, ScanArgs.Builder.limit(BATCH)))
                .map(found -> new Paging.Page<>(found.getValues(), found, found.isFinished()));
    }

    private Mono<Paging.Page<ScanCursor, byte[]>> rates(ScanCursor after) {
        return redis.read(commands -> commands.zscan(redis.keys().rates(), after, ScanArgs.Builder.limit(BATCH)))
                .map(found -> new Paging.Page<>(
                        found.getValues().stream()
                                .map(value -> value.getValue())
                                .toList(),
                        found,
                        found.isFinished()));
    }

    private Flux<String> page(String key, long offset, long count) {
        return count <= 0
                ? Flux.empty()
                : redis.readAll(commands -> commands.zrange(key, offset, Paging.last(offset, count)))
                        .map(Args::text);
    }

    private String heldBack(RateLimit limit) {
        return limit.isRate() ? redis.keys().paced(limit.key()) : redis.keys().limited(limit.key());
    }

    /** A key as somebody wrote it, who need not have been we. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Key(String kind, byte[] name) {}
}
