package dev.rq4j.redis;

import dev.rq4j.job.GroupProgress;
import dev.rq4j.job.JobException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The jobs of groups: lists them, counts them by where they are, and forgets those that are gone. */
public final class GroupStore {

    private static final LuaScript MEMBERS = LuaScript.named("members");
    private static final LuaScript CENSUS = LuaScript.named("census");
    private static final LuaScript PRUNE = LuaScript.named("prune");
    /** How many jobs one script looks at: enough to be quick, few enough to let others in between. */
    private static final int BATCH = 500;

    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** Looking takes no more than this part of the time. */
    private static final int SHARE = 10;

    private static final int MOST_RECOUNTS = 3;

    private final Redis redis;
    private final PubSub messages;

    GroupStore(Redis redis, PubSub messages) {
        this.redis = redis;
        this.messages = messages;
    }

    /** Emits the names of all groups, in alphabetical order. */
    public Flux<String> names() {
        return redis.readAll(commands -> commands.smembers(redis.keys().groups()))
                .map(Args::text)
                .sort();
    }

    /** Emits how many jobs a group has. */
    public Mono<Long> size(String group) {
        return redis.read(commands -> commands.scard(redis.keys().group(group)));
    }

    /** Emits the ids of the jobs of a group, in no order, page by page as they are asked for. */
    public Flux<String> ids(String group) {
        return Paging.pages(
                        "0",
                        cursor -> redis.list(
                                        MEMBERS,
                                        Args.of(redis.keys())
                                                .add(group)
                                                .add(cursor)
                                                .add(BATCH))
                                .map(Paging::scanned))
                .map(Answers::text)
                // a page may bring again what an earlier one brought
                .distinct();
    }

    /** Counts the jobs of a group by where they are now; while many come or go, as nearly as it can be had. */
    public Mono<GroupProgress> count(String group) {
        return counted(group).map(Count::progress);
    }

    private Mono<Count> counted(String group) {
        return Paging.pages("0", cursor -> some(CENSUS, Args.bytes(group), cursor, Count::of))
                .reduce(Count::plus)
                // jobs were counted twice, or came or went meanwhile
                .repeat(MOST_RECOUNTS)
                .takeUntil(Count::isExact)
                .last();
    }

    /**
     * Emits how far the jobs of a group are: now, and whenever that has changed, and completes when none waits or runs. The
     * scripts tell when a job has ended; the rest is found by looking every second. While Redis is away it waits.
     */
    public Flux<GroupProgress> progress(String group) {
        Flux<byte[]> ends = messages.listen(redis.keys().groupChannel(group))
                // who may not listen looks every second
                .onErrorComplete(JobException.AccessDenied.class);
        return told(Flux.merge(ends, Flux.interval(Duration.ZERO, CHECK))
                .onBackpressureLatest()
                .concatMap(hint -> countAndRest(group), 0));
    }

    /** A count that is not exact does not tell that all have ended: one that has not may be among those it lacks. */
    static Flux<GroupProgress> told(Flux<Count> counts) {
        return counts.filter(count -> count.isExact() || !count.progress.isComplete())
                .map(Count::progress)
                .distinctUntilChanged()
                .takeUntil(GroupProgress::isComplete);
    }

    /** Takes the jobs that are gone out of a group, batch by batch, and emits how many; an empty group is none. */
    public Mono<Long> prune(String group) {
        return prune(Args.bytes(group));
    }

    /** Takes the jobs that are gone out of all groups. */
    public Mono<Void> pruneAll() {
        return redis.readAll(commands -> commands.smembers(redis.keys().groups()))
                .concatMap(this::prune, 1)
                .then();
    }

    private Mono<Long> prune(byte[] group) {
        return Paging.pages("0", cursor -> some(PRUNE, group, cursor, answer -> Answers.number(answer.get(1))))
                .reduce(0L, Long::sum);
    }

    /** Has a script do its part of a group from the cursor on, and reads what it answers beside the next cursor. */
    private <T> Mono<Paging.Page<String, T>> some(
            LuaScript script, byte[] group, String cursor, Function<List<Object>, T> read) {
        return redis.list(script, Args.of(redis.keys()).add(group).add(cursor).add(BATCH))
                .map(answer -> {
                    String next = Answers.text(answer.get(0));
                    return new Paging.Page<>(List.of(read.apply(answer)), next, next.equals("0"));
                });
    }

    private Flux<Count> countAndRest(String group) {
        return Flux.defer(() -> {
            long began = System.nanoTime();
            return counted(group)
                    .onErrorResume(RedisErrors::isPassing, away -> Mono.empty())
                    .concatWith(Mono.defer(() ->
                            Mono.delay(pauseAfter(System.nanoTime() - began)).then(Mono.empty())));
        });
    }

    /** Not what a count costs, but Redis that was away, can make it take long: nobody waits for minutes because of that. */
    static Duration pauseAfter(long nanos) {
        Duration pause = Duration.ofNanos(nanos).multipliedBy(SHARE);
        if (pause.compareTo(SHORTEST_PAUSE) < 0) {
            return SHORTEST_PAUSE;
        }
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /**
     * What one script counted.
     *
     * @param members how many jobs the group has
     * @param progress of those that were looked at
     */
    record Count(long members, GroupProgress progress) {

        static Count of(List<Object> answer) {
            long[] counts = answer.stream().skip(1).mapToLong(Answers::number).toArray();
            return new Count(
                    counts[0],
                    new GroupProgress(counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7]));
        }

        /** Returns whether each job of the group was looked at, and once. */
        boolean isExact() {
            return progress.total() == members;
        }

        Count plus(Count later) {
            return new Count(later.members, progress.plus(later.progress));
        }
    }
}
