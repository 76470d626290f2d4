package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.Identity;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Unique;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job about to be enqueued. A random id is itself what a repetition of the request is known by; an id that was asked
 * for needs a token beside it.
 *
 * @param id its id
 * @param token what a repetition is known by, if the id is not
 * @param identity what was asked for as to what it is known by
 * @param directives what the script is told about it
 * @param fields the fields of its hash
 */
record NewJob(JobId id, String token, Identity identity, Map<String, String> directives, Map<String, byte[]> fields) {

    /** What the script has to do and to hold for a job beside its fields. */
    private static final int OVERHEAD = 256;
    /** And for each job that it waits for: some thousand of these take it as long as a megabyte. */
    private static final int LINK = 512;

    private static final Map<String, byte[]> QUEUED = Map.of("status", Args.bytes(JobStatus.QUEUED.wireName()));

    static NewJob of(JobRequest<?> request, JobId id, String queue, PayloadCodec codec, Instant now) {
        Identity identity = request.options().identity();
        return new NewJob(
                id,
                identity.id() == null ? "" : UUID.randomUUID().toString(),
                identity,
                Directives.of(request.options(), queue),
                JobFields.of(request, queue, codec, now));
    }

    /** Adds id, token, and each with the count of its elements, the directives, and the fields or one dump of them all. */
    void addTo(Args args) {
        args.add(id.value()).add(token);
        args.add(directives.size() * 2L);
        directives.forEach((directive, value) -> args.add(directive).add(value));
        if (isSmall()) {
            args.add(1).add(dump());
        } else {
            args.add(fields.size() * 2L);
            fields.forEach((field, value) -> args.add(field).add(value));
        }
    }

    /** What limits are asked for the script reads in the fields. */
    private boolean isSmall() {
        return !directives.containsKey("limited") && HashDump.fits(fields);
    }

    private byte[] dump() {
        if (token.isEmpty()) {
            return HashDump.of(QUEUED, fields);
        }
        Map<String, byte[]> first = new LinkedHashMap<>(QUEUED);
        first.put("request_token", Args.bytes(token));
        return HashDump.of(first, fields);
    }

    /** Returns whether it may take the place of another, which is looked for in a list, however long that is. */
    boolean replaces() {
        return directives.containsKey("replace") || directives.containsKey("unique_replace");
    }

    long size() {
        long size = OVERHEAD;
        for (String text : directives.values()) {
            size += text.length();
        }
        for (byte[] value : fields.values()) {
            size += value.length;
        }
        return size + LINK * links();
    }

    private long links() {
        String depends = directives.get("depends");
        return depends == null ? 0 : depends.chars().filter(c -> c == ',').count();
    }

    /**
     * Reads what the script says became of it: 1, or 0 with the id that stands in its way, or why not.
     *
     * @return its id, or that of the existing job if it was asked for
     */
    JobId outcome(@Nullable Object answer) {
        if (!(answer instanceof List<?> refusal)) {
            return Answers.isOne(answer) ? id : existing(id);
        }
        throwIfImpossible(answer);
        return existing(JobId.of(Answers.text(refusal.get(1))));
    }

    /** Reads what the script says became of a job that has to be new: there is nothing to be returned in its place. */
    void refuseExisting(@Nullable Object answer) {
        throwIfImpossible(answer);
        if (answer instanceof List<?> refusal) {
            throw new JobException.DuplicateJob(JobId.of(Answers.text(refusal.get(1))));
        }
    }

    /** Throws if the script says that this job, or one that it comes with, can never be as it was asked for. */
    void throwIfImpossible(@Nullable Object answer) {
        if (!(answer instanceof List<?> refusal) || Answers.number(refusal.get(0)) >= 0) {
            return;
        }
        String what = Answers.text(refusal.get(1));
        JobId refused = JobId.of(Answers.text(refusal.get(2)));
        throw switch ((int) Answers.number(refusal.get(0))) {
            case -1 -> new JobException.NoSuchDependency(refused, JobId.of(what));
            case -2 -> new JobException.Invalid("job " + refused + " depends on a job that waits for it");
            case -4 ->
                new JobException.Invalid("job " + refused
                        + " depends on jobs that wait for too many others to tell whether they wait for it");
            case -5 ->
                new JobException.Invalid(
                        "job " + refused + " could never start: its time (at) comes when its ttl is over already");
            case -6 ->
                new JobException.Invalid("job " + refused + " depends on job " + what
                        + ", which goes when it comes: both have the same unique key");
            default ->
                new JobException.Invalid("job " + refused + " was to wait for group " + what
                        + ", which has too many jobs: they must be " + Dependency.MAX_IDS + " at most");
        };
    }

    private JobId existing(JobId other) {
        Unique unique = identity.unique();
        IfExists wanted = unique == null || other.equals(id) ? identity.ifExists() : unique.ifTaken();
        if (wanted == IfExists.RETURN_EXISTING) {
            return other;
        }
        throw new JobException.DuplicateJob(other);
    }
}
