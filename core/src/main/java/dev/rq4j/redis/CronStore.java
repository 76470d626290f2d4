package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobException;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of what is done again and again. */
public final class CronStore {

    private static final LuaScript PUT = LuaScript.named("put-cron");
    private static final LuaScript READ = LuaScript.named("read-cron");
    private static final LuaScript PAUSE = LuaScript.named("pause-cron");
    private static final LuaScript RESUME = LuaScript.named("resume-cron");
    private static final LuaScript REMOVE = LuaScript.named("remove-cron");

    private final Redis redis;
    private final PayloadCodec codec;

    CronStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.codec = codec;
    }

    /** Puts an entry, or puts it anew. What has the same schedule as before keeps its next run. */
    public Mono<Void> put(CronEntry entry) {
        return Mono.fromCallable(() -> CronRecord.fields(entry, codec))
                .flatMap(fields -> now().flatMap(now -> {
                    Args args = Args.of(redis.keys())
                            .add(entry.name())
                            .add(WireTime.score(entry.schedule().first(now)))
                            .add(entry.paused() ? 1 : 0)
                            .add(entry.schedule().text())
                            .add(entry.schedule().zone());
                    fields.forEach((field, value) -> args.add(field).add(value));
                    return redis.number(PUT, args);
                }))
                .then();
    }

    /** Emits an entry as it is now, or nothing when there is none. */
    public Mono<CronStatus> find(String name) {
        return read(name).filter(CronRecord::isThere).map(CronRecord::status);
    }

    /** Emits the names of all entries in the order of their next runs. */
    public Flux<String> names() {
        return redis.readAll(commands -> commands.zrange(redis.keys().cron(), 0, -1))
                .map(Args::text);
    }

    /** Pauses an entry; signals {@link JobException.NoSuchCronEntry}. */
    public Mono<Void> pause(String name) {
        return redis.number(PAUSE, Args.of(redis.keys()).add(name))
                .flatMap(there -> there == 1 ? Mono.empty() : missing(name));
    }

    /** Lets an entry run again, if it is paused; signals {@link JobException.NoSuchCronEntry}. */
    public Mono<Void> resume(String name) {
        return existing(name)
                .filter(CronRecord::isPaused)
                .flatMap(entry -> redis.number(
                        RESUME,
                        Args.of(redis.keys()).add(name).add(entry.generation()).add(WireTime.score(entry.next()))))
                .flatMap(done -> done == 1 ? Mono.empty() : resume(name));
    }

    /** Removes an entry, and emits whether it was there. */
    public Mono<Boolean> remove(String name) {
        return redis.number(REMOVE, sending -> Args.of(redis.keys()).add(name).add(sending))
                .map(answer -> answer == 1);
    }

    /** Emits the next runs of an entry; of one that is paused, those that would be next if it were resumed now. */
    public Flux<Instant> preview(String name, int count) {
        return existing(name).flatMapMany(entry -> {
            Instant next = entry.isPaused() ? entry.next() : entry.planned();
            return Flux.fromStream(entry.schedule().runs(next, count));
        });
    }

    /** Emits the ids of the jobs that an entry made, the newest first. */
    public Flux<String> history(String name, long offset, long count) {
        if (count <= 0) {
            return Flux.empty();
        }
        return redis.readAll(
                        commands -> commands.zrevrange(redis.keys().cronJobs(name), offset, Paging.last(offset, count)))
                .map(Args::text);
    }

    /** Emits an entry as Redis has it, or signals {@link JobException.NoSuchCronEntry}. */
    Mono<CronRecord> existing(String name) {
        return read(name).filter(CronRecord::isThere).switchIfEmpty(missing(name));
    }

    /** Emits what there is of an entry, which may be nothing. */
    Mono<CronRecord> read(String name) {
        return redis.list(READ, Args.of(redis.keys()).add(name)).map(answer -> CronRecord.of(name, answer));
    }

    /** Emits the time at the server. */
    Mono<Instant> now() {
        return redis.read(commands ->
                        commands.time().map(Args::text).map(Long::valueOf).collectList())
                .map(time -> Instant.ofEpochSecond(time.get(0), time.get(1) * 1000));
    }

    private static <T> Mono<T> missing(String name) {
        return Mono.error(() -> new JobException.NoSuchCronEntry(name));
    }
}
