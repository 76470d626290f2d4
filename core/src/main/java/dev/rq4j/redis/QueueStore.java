package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What can be done to a queue and its registries: count, list, remove, empty, trim. */
public final class QueueStore {

    private static final LuaScript REMOVE = LuaScript.named("remove");
    private static final LuaScript EMPTY = LuaScript.named("empty");
    private static final LuaScript TRIM = LuaScript.named("trim");
    /** How many entries one script looks at: enough to be quick, few enough to let others in between. */
    private static final int BATCH = 500;

    private final Redis redis;

    QueueStore(Redis redis) {
        this.redis = redis;
    }

    /** Emits the names of all queues that were ever enqueued to. */
    public Flux<String> names() {
        String before = redis.keys().queue("");
        return redis.readAll(commands -> commands.smembers(redis.keys().queues()))
                .map(Args::text)
                .filter(key -> key.startsWith(before))
                .map(key -> key.substring(before.length()))
                .sort();
    }

    /** Emits how many jobs wait. */
    public Mono<Long> size(String queue) {
        return redis.read(commands -> commands.llen(redis.keys().queue(queue)));
    }

    /** Emits the ids that wait, from the front, a page as Redis has it at one moment. */
    public Flux<String> ids(String queue, long offset, long count) {
        if (count <= 0) {
            return Flux.empty();
        }
        return redis.readAll(commands -> commands.lrange(redis.keys().queue(queue), offset, offset + count - 1))
                .map(Args::text);
    }

    /** Takes a waiting job out of the queue and deletes it; emits whether it waited there. */
    public Mono<Boolean> remove(String queue, JobId id) {
        return redis.number(
                        REMOVE,
                        attempt ->
                                Args.of(redis.keys()).add(queue).add(id.value()).add(attempt))
                .map(answer -> answer == 1);
    }

    /** Deletes the jobs that wait now, in batches; emits how many went. */
    public Mono<Long> empty(String queue) {
        return size(queue)
                .flatMap(waiting -> Mono.defer(() -> redis.number(
                                EMPTY, Args.of(redis.keys()).add(queue).add(BATCH)))
                        .repeat(waiting / BATCH)
                        .takeUntil(removed -> removed < BATCH)
                        .reduce(Long::sum));
    }

    /** Emits how many entries a registry has, those whose time is over taken out first. */
    public Mono<Long> count(Registry registry, String queue) {
        return trim(registry, queue)
                .then(redis.read(commands -> commands.zcard(redis.keys().registry(registry, queue))));
    }

    /** Emits the ids in a registry in the order of their scores, those whose time is over taken out first. */
    public Flux<String> ids(Registry registry, String queue, long offset, long count) {
        if (count <= 0) {
            return Flux.empty();
        }
        return trim(registry, queue)
                .thenMany(redis.readAll(commands ->
                        commands.zrange(redis.keys().registry(registry, queue), offset, offset + count - 1)))
                .map(Args::text)
                .map(member -> registry == Registry.STARTED ? jobOf(member) : member);
    }

    /** Takes out of a registry the jobs whose time is over, batch by batch until none is left. */
    public Mono<Void> trim(Registry registry, String queue) {
        if (!registry.isTrimmed()) {
            return Mono.empty();
        }
        return Paging.through(
                        BATCH,
                        offset -> redis.list(
                                TRIM,
                                Args.of(redis.keys())
                                        .add(queue)
                                        .add(registry.key())
                                        .add(BATCH)
                                        .add(offset)))
                .then();
    }

    private static String jobOf(String member) {
        int colon = member.indexOf(':');
        return colon < 0 ? member : member.substring(0, colon);
    }
}
