package dev.rq4j;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Names;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Engine;
import java.lang.reflect.Type;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The jobs that are enqueued again and again, by the clock of Redis. The table is in Redis: any client changes it while
 * workers run, and any worker, whatever its queues, makes the runs of all entries; each run is made once, however many
 * workers there are. Without a worker nothing runs, and what is missed then is as {@link CronEntry#missed()} says.
 *
 * <p>A job of an entry is an ordinary one. Its hash has the name of the entry in {@code cron_name} and in
 * {@code cron_run} the time it was made for, in seconds.
 *
 * <p>Every method signals {@link JobException.Invalid} for a malformed name. Once subscribed to, cancelling does not recall
 * a command.
 */
public final class CronTable {

    /** As many as Redis keeps. */
    private static final int HISTORY = 1000;

    /** How many entries are read at a time. */
    private static final int LOOKUPS = 32;

    private final Engine engine;

    CronTable(Engine engine) {
        this.engine = engine;
    }

    /**
     * Puts an entry, or puts it anew if there is one of this name, and emits it as it is then. Putting the same entry at
     * each start of an application is harmless: an entry with the same schedule as before keeps its next run, one that is
     * paused stays so, and what it has made stays known.
     *
     * <p>Signals {@link JobException.Unwritable} and {@link JobException.TooLarge} for the input.
     */
    public Mono<CronStatus> put(CronEntry entry) {
        return engine.cron().put(entry).then(get(entry.name()));
    }

    /** Emits an entry; signals {@link JobException.NoSuchCronEntry}. */
    public Mono<CronStatus> get(String name) {
        return find(name).switchIfEmpty(Mono.error(() -> new JobException.NoSuchCronEntry(name)));
    }

    /** Emits an entry, or nothing when there is none of this name. */
    public Mono<CronStatus> find(String name) {
        return Mono.defer(() -> engine.cron().find(Names.cron(name)));
    }

    /** Emits all entries in the order of their next runs, those that are paused last. */
    public Flux<CronStatus> list() {
        return engine.cron().names().flatMapSequential(engine.cron()::find, LOOKUPS, 1);
    }

    /** Pauses an entry until it is resumed; signals {@link JobException.NoSuchCronEntry}. */
    public Mono<Void> pause(String name) {
        return Mono.defer(() -> engine.cron().pause(Names.cron(name)));
    }

    /**
     * Lets an entry run again if it is paused. What came while it was paused is not made up for, and even steps keep their
     * beat. Signals {@link JobException.NoSuchCronEntry}.
     */
    public Mono<Void> resume(String name) {
        return Mono.defer(() -> engine.cron().resume(Names.cron(name)));
    }

    /**
     * Enqueues a job of an entry now, and emits its handle. It changes neither the schedule nor the next run, and is done
     * though the entry is paused or its last job has not ended.
     *
     * <p>Signals {@link JobException.NoSuchCronEntry}, and {@link JobException.DuplicateJob} when another job has the
     * unique key of the entry's jobs.
     */
    public Mono<JobHandle<?>> fire(String name) {
        return fire(name, Object.class).map(job -> job);
    }

    /** Enqueues a job of an entry now as {@link #fire(String)} does, and emits a handle that knows what the task returns. */
    public <O> Mono<JobHandle<O>> fire(String name, Task<?, O> task) {
        return fire(name, task.output());
    }

    private <O> Mono<JobHandle<O>> fire(String name, Type output) {
        return Mono.defer(() -> engine.cronRuns().makeNow(Names.cron(name)))
                .map(id -> new JobHandle<>(engine, id, output));
    }

    /** Removes an entry and its history, and emits whether it was there. The jobs that it made stay. */
    public Mono<Boolean> remove(String name) {
        return Mono.defer(() -> engine.cron().remove(Names.cron(name)));
    }

    /**
     * Emits when an entry runs next, the next so many times; if it is paused, when it would if it were resumed now.
     * Signals {@link JobException.NoSuchCronEntry}.
     */
    public Flux<Instant> preview(String name, int count) {
        return Flux.defer(() -> engine.cron().preview(Names.cron(name), count));
    }

    /** Emits the ids of the jobs that an entry made, the newest first, up to the thousand that are remembered. */
    public Flux<JobId> history(String name) {
        return history(name, 0, HISTORY);
    }

    /**
     * Emits a page of the ids of the jobs that an entry made, the newest first; signals {@link JobException.Invalid} for a
     * negative offset or count as well.
     */
    public Flux<JobId> history(String name, long offset, int count) {
        return Pages.wellFormed(Pages.one(offset, count, () -> engine.cron().history(Names.cron(name), offset, count)));
    }
}
