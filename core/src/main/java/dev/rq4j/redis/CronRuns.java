package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes the runs of cron entries: reads what is due by Redis' own clock, works out which runs to make and when the next
 * one is, and makes them unless somebody else has.
 */
public final class CronRuns {

    private static final LuaScript FIRE = LuaScript.named("fire");
    private static final LuaScript POSTPONE = LuaScript.named("postpone-cron");
    /** Those beyond are due still when these have had their runs. */
    private static final int AT_MOST = 1000;

    /** As many runs as one script makes: enough to be quick, few enough to let others in between. */
    private static final int BATCH = 100;

    private static final long BATCH_BYTES = 1 << 20;

    private static final long STALE = 0;
    private static final long TAKEN = 2;

    private final Redis redis;
    private final CronStore store;

    CronRuns(Redis redis, CronStore store) {
        this.redis = redis;
        this.store = store;
    }

    /** Emits the names of entries that are due. */
    public Flux<String> due() {
        return store.now()
                .flatMapMany(now -> redis.readAll(commands -> commands.zrangebyscore(
                        redis.keys().cron(),
                        Range.create(Double.NEGATIVE_INFINITY, now.toEpochMilli() / 1e3),
                        Limit.from(AT_MOST))))
                .map(Args::text);
    }

    /**
     * Makes the runs of an entry that are due, if nobody has; of many runs or large jobs the first, and the entry stays
     * due. Signals {@link JobException.Unreadable} when this JVM cannot read its schedule.
     */
    public Mono<Void> make(String name) {
        return store.read(name)
                .filter(CronRecord::isDue)
                .flatMap(entry ->
                        // One that is listed and not there is taken off the list.
                        entry.isThere()
                                ? makeFirst(entry, entry.runsDue())
                                : fire(entry, entry.listedScore(), "", List.of()))
                .then();
    }

    private Mono<List<Object>> makeFirst(CronRecord entry, List<Instant> due) {
        long room = Math.max(1, BATCH_BYTES / entry.job(entry.now()).size());
        List<Instant> runs = due.stream().limit(Math.min(room, BATCH)).toList();
        Instant next = runs.size() < due.size() ? due.get(runs.size()) : entry.next();
        return fire(entry, entry.listedScore(), WireTime.score(next), runs);
    }

    /** Puts off for a minute an entry that is due and cannot be run. */
    public Mono<Void> postpone(String name) {
        return redis.number(POSTPONE, Args.of(redis.keys()).add(name)).then();
    }

    /**
     * Makes a job of an entry now, whatever its schedule says, and emits the job's id. Signals
     * {@link JobException.NoSuchCronEntry}, and {@link JobException.DuplicateJob} with the job that has its unique key.
     */
    public Mono<JobId> makeNow(String name) {
        return store.existing(name)
                .flatMap(entry -> fire(entry, "", "", List.of(entry.now())).flatMap(answer -> {
                    long code = Answers.number(answer.get(0));
                    if (code == STALE) {
                        return makeNow(name);
                    }
                    JobId id = JobId.of(Answers.text(answer.get(1)));
                    return code == TAKEN ? Mono.error(new JobException.DuplicateJob(id)) : Mono.just(id);
                }));
    }

    private Mono<List<Object>> fire(CronRecord entry, String listed, String next, List<Instant> runs) {
        String newest = runs.isEmpty() ? "" : WireTime.score(runs.get(runs.size() - 1));
        List<NewJob> jobs = runs.stream().map(entry::job).toList();
        Args args = Args.of(redis.keys())
                .add(entry.name())
                .add(entry.generation())
                .add(listed)
                .add(next)
                .add(newest);
        jobs.forEach(job -> job.addTo(args));
        return redis.list(FIRE, args);
    }
}
