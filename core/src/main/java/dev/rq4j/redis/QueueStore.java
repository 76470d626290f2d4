package dev.rq4j.redis;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Names;
import dev.rq4j.job.RegistryEntry;
import dev.rq4j.job.RunningExecution;
import io.lettuce.core.ScoredValue;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What can be done to a queue and its registries: count, list, remove, empty, trim. */
public final class QueueStore {

    private static final LuaScript REMOVE = LuaScript.named("remove");
    private static final LuaScript EMPTY = LuaScript.named("empty");
    private static final LuaScript EXECUTIONS = LuaScript.named("executions");
    private static final LuaScript UNLIST = LuaScript.named("unlist");
    private static final LuaScript TRIM = LuaScript.named("trim");
    /** How many entries one script looks at: enough to be quick, few enough to let others in between. */
    private static final int BATCH = 500;

    private final Redis redis;
    private final LimitStore limits;

    QueueStore(Redis redis, LimitStore limits) {
        this.redis = redis;
        this.limits = limits;
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
        return redis.readAll(commands -> commands.lrange(redis.keys().queue(queue), offset, Paging.last(offset, count)))
                .map(Args::text);
    }

    /** Takes a waiting job out of the queue and deletes it; emits whether it waited there. */
    public Mono<Boolean> remove(String queue, JobId id) {
        return redis.number(
                        REMOVE,
                        sending ->
                                Args.of(redis.keys()).add(queue).add(id.value()).add(sending))
                .map(answer -> answer == 1);
    }

    /** Deletes the jobs that wait in the queue now, in batches; emits how many went. */
    public Mono<Long> empty(String queue) {
        return size(queue).flatMap(waiting -> empty(queue, "queue", waiting));
    }

    /**
     * Deletes the jobs that wait now for their turn, their time, others or their key, and takes the queue off the list of
     * queues if nothing is left; emits whether that is so. Those in the queue go last: their end lets others of their key
     * through.
     */
    public Mono<Boolean> delete(String queue) {
        return Flux.just(Registry.DEFERRED, Registry.SCHEDULED)
                .concatMap(registry -> count(registry, queue).flatMap(waiting -> empty(queue, registry.key(), waiting)))
                .then(limits.empty(queue))
                .then(empty(queue))
                .then(redis.number(UNLIST, Args.of(redis.keys()).add(queue)))
                // Whoever enqueues from now on lists it; who did before may be held back by a key that was looked at
                // then.
                .flatMap(answer -> answer == 1 ? limits.relist(queue).map(left -> !left) : Mono.just(false));
    }

    private Mono<Long> empty(String queue, String place, long waiting) {
        return Mono.defer(() -> redis.number(
                        EMPTY, Args.of(redis.keys()).add(queue).add(BATCH).add(place)))
                .repeat(waiting / BATCH)
                .takeUntil(removed -> removed < BATCH)
                .reduce(Long::sum);
    }

    /** Emits how many entries a registry has, those whose time is over taken out first. */
    public Mono<Long> count(Registry registry, String queue) {
        return trim(registry, queue)
                .then(redis.read(commands -> commands.zcard(redis.keys().registry(registry, queue))));
    }

    /** Emits the entries of a registry in the order of their scores, or from the other end, page by page. */
    public Flux<RegistryEntry> entries(Registry registry, String queue, boolean fromEnd) {
        return Paging.pages(
                        0L,
                        offset -> members(registry, queue, fromEnd, offset, BATCH)
                                .map(page -> new Paging.Page<>(page, offset + BATCH, page.size() < BATCH)))
                .flatMapIterable(member -> entry(registry, member));
    }

    /** Emits a page of them. */
    public Flux<RegistryEntry> entries(Registry registry, String queue, boolean fromEnd, long offset, long count) {
        return count <= 0
                ? Flux.empty()
                : members(registry, queue, fromEnd, offset, count)
                        .flatMapIterable(page -> page)
                        .flatMapIterable(member -> entry(registry, member));
    }

    private Mono<List<ScoredValue<byte[]>>> members(
            Registry registry, String queue, boolean fromEnd, long offset, long count) {
        String key = redis.keys().registry(registry, queue);
        long last = Paging.last(offset, count);
        return trim(registry, queue)
                .then(redis.read(commands -> (fromEnd
                                ? commands.zrevrangeWithScores(key, offset, last)
                                : commands.zrangeWithScores(key, offset, last))
                        .collectList()));
    }

    /** Emits whether a job is in a registry. */
    public Mono<Boolean> contains(Registry registry, String queue, JobId id) {
        if (registry == Registry.STARTED) {
            return executions(queue).any(running -> running.execution().job().equals(id));
        }
        return trim(registry, queue)
                .then(redis.read(
                        commands -> commands.zscore(redis.keys().registry(registry, queue), Args.bytes(id.value()))
                                .hasElement()));
    }

    /** Emits what runs of a queue, page by page as it is asked for, in no particular order. */
    public Flux<RunningExecution> executions(String queue) {
        return Paging.pages(
                        "0",
                        cursor -> redis.list(
                                        EXECUTIONS,
                                        Args.of(redis.keys())
                                                .add(queue)
                                                .add(cursor)
                                                .add(BATCH))
                                .map(Paging::scanned))
                .flatMapIterable(fields -> execution(queue, Answers.list(fields)))
                .distinct(RunningExecution::execution);
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

    /** Others can put anything into a registry; what is no id is nobody's job. */
    private static List<RunningExecution> execution(String queue, List<?> fields) {
        JobId id = idOrNull(Answers.text(fields.get(0)));
        Instant leaseEnd = WireTime.ofSeconds(Answers.text(fields.get(2)));
        return id == null || leaseEnd == null
                ? List.of()
                : List.of(new RunningExecution(
                        new Execution(id, Answers.text(fields.get(1)), queue),
                        presentOrNull(Answers.textOrNull(fields.get(3))),
                        WireTime.read(Answers.textOrNull(fields.get(4))),
                        leaseEnd));
    }

    private static List<RegistryEntry> entry(Registry registry, ScoredValue<byte[]> scored) {
        String member = Args.text(scored.getValue());
        JobId id = idOrNull(registry == Registry.STARTED ? jobOf(member) : member);
        return id == null ? List.of() : List.of(new RegistryEntry(id, registry.time(member, scored.getScore())));
    }

    private static @Nullable JobId idOrNull(String text) {
        return Names.isId(text) ? JobId.of(text) : null;
    }

    private static @Nullable String presentOrNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static String jobOf(String member) {
        int colon = member.indexOf(':');
        return colon < 0 ? member : member.substring(0, colon);
    }
}
