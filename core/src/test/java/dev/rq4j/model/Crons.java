package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Missed;
import dev.rq4j.job.Overlap;
import dev.rq4j.job.Schedule;
import dev.rq4j.redis.CronStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What is asked of the table of cron, and the jobs that come of it. Entries come once in a time longer than any history:
 * but for the first time they are due when the history says so.
 */
final class Crons {

    private static final List<String> NAMES = List.of("daily", "weekly");
    private static final List<Schedule> SCHEDULES =
            List.of(Schedule.every(Duration.ofDays(3000)), Schedule.every(Duration.ofDays(4000)));
    private static final int NOT_DUE = -1;

    /** What the model knows of one entry. */
    private static final class Entry {
        Wish wish;
        Schedule schedule;
        Missed missed;
        Overlap overlap;
        boolean paused;
        /** Since when it is due. */
        int due = NOT_DUE;

        @Nullable
        String last;

        int made;
        int skipped;
    }

    private final Stage stage;
    private final World world;
    private final Wishes wishes;
    private final Map<String, Entry> entries = new TreeMap<>();
    private int puts;

    Crons(Stage stage, Wishes wishes) {
        this.stage = stage;
        this.world = stage.world;
        this.wishes = wishes;
    }

    void step(int dice) {
        String name = stage.one(NAMES);
        switch (dice) {
            case 0, 1 -> put(name);
            case 2 -> pause(name);
            case 3 -> resume(name);
            case 4, 5 -> fire(name);
            case 6 -> comesDue(name);
            case 7, 8 -> make();
            default -> remove(name);
        }
        entries.keySet().forEach(this::check);
    }

    private void put(String name) {
        Entry entry = entries.computeIfAbsent(name, none -> new Entry());
        boolean pause = stage.chance(20);
        Schedule schedule = stage.one(SCHEDULES);
        entry.wish = wishes.periodic(name + puts++);
        entry.missed = stage.chance(50) ? Missed.skip() : Missed.one();
        entry.overlap = stage.one(List.of(Overlap.values()));
        stage.note("put " + name + (pause ? " paused" : "") + " " + entry.missed + " " + entry.overlap + ": "
                + entry.wish);
        stage.run(cron().put(CronEntry.of(name, schedule, entry.wish.queue, entry.wish.toRequest())
                .with(options -> {
                    options.missed(entry.missed).overlap(entry.overlap);
                    if (pause) {
                        options.paused();
                    }
                })));
        entry.paused |= pause;
        if (entry.paused) {
            entry.due = NOT_DUE;
        } else if (!schedule.equals(entry.schedule)) {
            entry.due = world.now();
        }
        entry.schedule = schedule;
    }

    private void pause(String name) {
        stage.note("pause the entry " + name);
        assertThat(isThere(cron().pause(name))).isEqualTo(entries.containsKey(name));
        if (entries.containsKey(name)) {
            entries.get(name).paused = true;
            entries.get(name).due = NOT_DUE;
        }
    }

    /** What came while it was paused is not made up for. */
    private void resume(String name) {
        stage.note("resume the entry " + name);
        assertThat(isThere(cron().resume(name))).isEqualTo(entries.containsKey(name));
        if (entries.containsKey(name)) {
            entries.get(name).paused = false;
        }
    }

    private void remove(String name) {
        stage.note("remove the entry " + name);
        boolean removed = stage.send(cron().remove(name));
        assertThat(removed || stage.wasLost()).isEqualTo(entries.containsKey(name) || stage.wasLost());
        entries.remove(name);
    }

    private void comesDue(String name) {
        Entry entry = entries.get(name);
        if (entry != null && !entry.paused && entry.due == NOT_DUE) {
            stage.note("the time of the entry " + name + " comes");
            stage.redis.commands().zadd(stage.redis.key("cron"), stage.redis.now() - 1, name);
            entry.due = world.now();
        }
    }

    private void fire(String name) {
        stage.note("fire " + name);
        Entry entry = entries.get(name);
        String told;
        try {
            told = stage.send(stage.engine().cronRuns().makeNow(name)).value();
        } catch (JobException.DuplicateJob duplicate) {
            told = "taken by " + duplicate.job();
        } catch (JobException.NoSuchCronEntry missing) {
            assertThat(entry).isNull();
            return;
        }
        Arrivals.Answer expected = world.arrivals.answerTo(entry.wish, "new");
        if (expected.made()) {
            made(entry, told);
        } else {
            assertThat(told).endsWith(expected.told().replace("taken by ", ""));
            entry.skipped++;
        }
    }

    /** Makes the runs that are due, as a worker does. */
    private void make() {
        List<String> due = stage.send(stage.engine().cronRuns().due().collectList());
        stage.note("make the runs of " + due);
        assertThat(due)
                .containsExactlyInAnyOrderElementsOf(entries.keySet().stream()
                        .filter(name -> entries.get(name).due != NOT_DUE)
                        .toList());
        for (String name : due) {
            stage.run(stage.engine().cronRuns().make(name));
            Entry entry = entries.get(name);
            boolean late = entry.due < world.now();
            entry.due = NOT_DUE;
            if (late && entry.missed.atMost() == 0) {
                continue;
            }
            boolean goesOn = entry.last != null && world.isUnended(entry.last);
            if ((entry.overlap == Overlap.SKIP && goesOn)
                    || !world.arrivals.answerTo(entry.wish, "new").made()) {
                entry.skipped++;
            } else {
                made(entry, status(name).runs().lastJob().value());
            }
        }
    }

    private void made(Entry entry, String id) {
        assertThat(world.life(id)).as("a job that was there before").isNull();
        entry.last = id;
        entry.made++;
        world.arrivals.make(entry.wish, id);
    }

    private void check(String name) {
        Entry entry = entries.get(name);
        CronStatus status = status(name);
        assertThat(status.paused()).isEqualTo(entry.paused);
        assertThat(status.runs().made()).as("jobs made by %s", name).isEqualTo(entry.made);
        assertThat(status.runs().skipped()).as("left out by %s", name).isEqualTo(entry.skipped);
        assertThat(status.runs().lastJob()).isEqualTo(entry.last == null ? null : JobId.of(entry.last));
    }

    void end() {
        List.copyOf(entries.keySet()).forEach(this::remove);
    }

    private boolean isThere(Mono<Void> request) {
        return stage.send(request.thenReturn(true).onErrorReturn(JobException.NoSuchCronEntry.class, false));
    }

    private CronStatus status(String name) {
        return stage.send(cron().find(name));
    }

    private CronStore cron() {
        return stage.engine().cron();
    }
}
