package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Missed;
import dev.rq4j.job.Names;
import dev.rq4j.job.Overlap;
import dev.rq4j.job.Schedule;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A cron entry as Redis has it.
 *
 * @param name what it is known by
 * @param now the time at the server when it was read
 * @param listed when to look at it; null when it is not listed
 * @param hash the fields of its hash
 */
record CronRecord(String name, Instant now, @Nullable Instant listed, Map<String, byte[]> hash) {

    static CronRecord of(String name, List<Object> answer) {
        Object listed = answer.get(1);
        return new CronRecord(
                name,
                Instant.ofEpochMilli(Answers.number(answer.get(0))),
                listed == null ? null : Instant.ofEpochMilli(Answers.number(listed)),
                Answers.pairs(answer.get(2)));
    }

    /** Returns the fields of a new entry, but for its schedule and time zone. */
    static Map<String, byte[]> fields(CronEntry entry, PayloadCodec codec) {
        Map<String, byte[]> fields = new LinkedHashMap<>();
        fields.put("queue", Args.bytes(entry.queue()));
        fields.put("task", Args.bytes(entry.request().task().name()));
        fields.put("missed", Args.bytes(String.valueOf(entry.missed().atMost())));
        fields.put("overlap", Args.bytes(entry.overlap().name().toLowerCase(Locale.ROOT)));
        fields.put("generation", Args.bytes(UUID.randomUUID().toString()));
        CronTemplate.of(entry, codec).addTo(fields);
        return fields;
    }

    boolean isThere() {
        return hash.containsKey("generation");
    }

    boolean isDue() {
        return listed != null && !listed.isAfter(now);
    }

    /** Returns what tells whether nobody has run it or put it off meanwhile. */
    String listedScore() {
        return listed == null ? "" : WireTime.score(listed);
    }

    boolean isPaused() {
        return hash.containsKey("paused");
    }

    /** Returns the random text that this state of the entry is known by. */
    String generation() {
        return text("generation");
    }

    /**
     * Returns when it is to run.
     *
     * @throws JobException.Unreadable when this JVM cannot say
     */
    Schedule schedule() {
        try {
            return Schedule.of(text("schedule"), text("zone"));
        } catch (JobException.Invalid invalid) {
            throw new JobException.Unreadable("cron entry " + name + ": " + invalid.getMessage());
        }
    }

    /** Returns the run that is next, or would be if the entry were not paused or put off. */
    Instant planned() {
        Instant planned = seconds("planned");
        return planned != null ? planned : listed == null ? now : listed;
    }

    /** Returns the first run after now. */
    Instant next() {
        return schedule().next(planned(), now);
    }

    /** Returns the runs to make now; of those that may not overlap one can be made. */
    List<Instant> runsDue() {
        Missed missed = overlap() == Overlap.SKIP && missed().atMost() > 1 ? Missed.one() : missed();
        return missed.runs(schedule(), planned(), now);
    }

    /** Returns a new job for a run. */
    NewJob job(Instant run) {
        String shown = WireTime.shown(now);
        return CronTemplate.in(hash)
                .job(Map.of(
                        "created_at", shown, "enqueued_at", shown, "cron_name", name, "cron_run", WireTime.score(run)));
    }

    CronStatus status() {
        CronStatus.Runs runs = new CronStatus.Runs(
                isPaused() ? null : planned(), seconds("last_run"), lastJob(), count("runs"), count("skipped"));
        return new CronStatus(
                name, scheduleOrNull(), text("queue"), text("task"), missed(), overlap(), isPaused(), runs);
    }

    private @Nullable Schedule scheduleOrNull() {
        try {
            return schedule();
        } catch (JobException unreadable) {
            return null;
        }
    }

    private Missed missed() {
        return new Missed(Math.max(0, Math.min((int) count("missed"), Missed.MOST)));
    }

    private Overlap overlap() {
        return text("overlap").equals("skip") ? Overlap.SKIP : Overlap.ALLOW;
    }

    private @Nullable JobId lastJob() {
        String id = text("last_job");
        return Names.isId(id) ? JobId.of(id) : null;
    }

    private long count(String field) {
        return JobHash.count(text(field));
    }

    private @Nullable Instant seconds(String field) {
        return WireTime.ofSeconds(text(field));
    }

    private String text(String field) {
        byte[] value = hash.get(field);
        return value == null ? "" : Args.text(value);
    }
}
