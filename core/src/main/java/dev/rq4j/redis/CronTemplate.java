package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each job of a cron entry is made from. The hash of the entry has it field by field, each name with a word before
 * it that says which of the two it belongs to.
 *
 * @param directives what the script is told about each job
 * @param fields the fields of each job's hash
 */
record CronTemplate(Map<String, String> directives, Map<String, byte[]> fields) {

    private static final String DIRECTIVE = "directive:";
    private static final String FIELD = "field:";
    /** Each job has its own. */
    private static final List<String> TIMES = List.of("created_at", "enqueued_at");

    /** Returns what the jobs of an entry have in common. */
    static CronTemplate of(CronEntry entry, PayloadCodec codec) {
        NewJob job = NewJob.of(entry.request(), JobId.random(), entry.queue(), codec, Instant.EPOCH);
        job.fields().keySet().removeAll(TIMES);
        return new CronTemplate(job.directives(), job.fields());
    }

    /** Reads it from the hash of an entry. */
    static CronTemplate in(Map<String, byte[]> hash) {
        CronTemplate template = new CronTemplate(new LinkedHashMap<>(), new LinkedHashMap<>());
        hash.forEach((name, value) -> {
            if (name.startsWith(DIRECTIVE)) {
                template.directives.put(name.substring(DIRECTIVE.length()), Args.text(value));
            } else if (name.startsWith(FIELD)) {
                template.fields.put(name.substring(FIELD.length()), value);
            }
        });
        return template;
    }

    /** Adds it to the hash of an entry. */
    void addTo(Map<String, byte[]> hash) {
        directives.forEach((name, value) -> hash.put(DIRECTIVE + name, Args.bytes(value)));
        fields.forEach((name, value) -> hash.put(FIELD + name, value));
    }

    /** Returns a new job that has these fields for itself. */
    NewJob job(Map<String, String> own) {
        Map<String, byte[]> all = new LinkedHashMap<>(fields);
        own.forEach((name, value) -> all.put(name, Args.bytes(value)));
        return new NewJob(JobId.random(), "", JobOptions.DEFAULTS.identity(), directives, all);
    }
}
