package dev.rq4j.model;

import dev.rq4j.PretendWorker;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.Dependency.OnParentFailure;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Unique;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for when a job is enqueued. Times are counted in units that are far longer than a test takes, so that
 * nothing becomes due but when the model says so.
 */
final class Wish {

    /** One unit of time. */
    static final Duration UNIT = Duration.ofSeconds(1000);

    /** By up to which part what varies does. */
    static final double JITTER = 0.25;

    final String id;
    final String queue;
    IfExists ifExists = IfExists.REFUSE;
    boolean tokened;
    boolean front;
    /** Whether it is to start at a time, and not after one. */
    boolean dated;

    int delay;
    int ttl;

    @Nullable
    String unique;

    int uniqueFor;
    IfExists ifTaken = IfExists.REFUSE;
    List<String> parents = List.of();
    OnParentFailure fate = OnParentFailure.WAIT;

    /** The one of its parents whose result it takes. */
    @Nullable
    String inputFrom;

    @Nullable
    State runIf;

    final List<Wish> callbacks = new ArrayList<>();
    int retries;
    List<Integer> retryAfter = List.of(0);
    boolean jittered;
    boolean retryAtFront;
    int repeats;
    List<Integer> repeatAfter = List.of(0);
    int maxRecoveries = 2;

    @Nullable
    String limit;

    int room;

    @Nullable
    String rate;

    int starts;
    int period;

    @Nullable
    String group;

    Keep result = Keep.DEFAULT;
    Keep failure = Keep.DEFAULT;

    Wish(String id, String queue) {
        this.id = id;
        this.queue = queue;
    }

    JobRequest<String> toRequest() {
        return inputFrom == null
                ? PretendWorker.ECHO.request(id, this::fill)
                : PretendWorker.ECHO.requestFromResultOf(JobId.of(inputFrom), this::fill);
    }

    boolean wantsKeyOf(Wish other) {
        return unique != null && unique.equals(other.unique);
    }

    private void fill(JobOptions.Builder job) {
        job.description(id);
        if (tokened) {
            job.id(id).ifExists(ifExists);
        }
        if (front) {
            job.atFront();
        }
        if (dated) {
            // a time that has come is past by far: it is rounded up
            job.at(Instant.now().plus(UNIT.multipliedBy(delay == 0 ? -1 : delay)));
        } else if (delay > 0) {
            job.delay(UNIT.multipliedBy(delay));
        }
        if (ttl > 0) {
            job.ttl(UNIT.multipliedBy(ttl));
        }
        if (unique != null) {
            Unique key =
                    uniqueFor > 0 ? Unique.within(unique, UNIT.multipliedBy(uniqueFor)) : Unique.untilEnded(unique);
            job.unique(key.ifTaken(ifTaken));
        }
        if (!parents.isEmpty()) {
            job.dependsOn(new Dependency(parents.stream().map(JobId::of).toList(), fate, front));
        }
        fillRuns(job);
        if (group != null) {
            job.group(group);
        }
        if (result != Keep.DEFAULT) {
            job.resultTtl(result.retention());
        }
        if (failure != Keep.DEFAULT) {
            job.failureTtl(failure.retention());
        }
        for (Wish callback : callbacks) {
            JobRequest<String> request = callback.toRequest();
            switch (callback.runIf) {
                case FINISHED -> job.onSuccess(callback.queue, request);
                case FAILED -> job.onFailure(callback.queue, request);
                default -> job.onStopped(callback.queue, request);
            }
        }
    }

    private void fillRuns(JobOptions.Builder job) {
        job.maxRecoveries(maxRecoveries);
        if (retries > 0) {
            job.retry(policy(retries, retryAfter, jittered, retryAtFront));
        }
        if (repeats > 0) {
            job.repeat(Repeat.times(repeats).every(durations(repeatAfter)));
        }
        if (limit != null) {
            job.limit(RateLimit.concurrency(limit, room));
        }
        if (rate != null) {
            job.limit(RateLimit.rate(rate, starts, UNIT.multipliedBy(period)));
        }
    }

    /** What varies begins in the middle of a unit, so that it is due within the same one whatever is drawn. */
    static RetryPolicy policy(int times, List<Integer> after, boolean jittered, boolean front) {
        Duration[] intervals = durations(after);
        if (jittered) {
            for (int i = 0; i < intervals.length; i++) {
                intervals[i] = intervals[i].isZero() ? Duration.ZERO : intervals[i].minus(UNIT.dividedBy(2));
            }
        }
        RetryPolicy policy = RetryPolicy.times(times).intervals(intervals).jitter(jittered ? JITTER : 0);
        return front ? policy.atFront() : policy;
    }

    static Duration[] durations(List<Integer> units) {
        return IntStream.range(0, units.size())
                .mapToObj(i -> UNIT.multipliedBy(units.get(i)))
                .toArray(Duration[]::new);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(id + " in " + queue);
        add(text, tokened, " id/" + ifExists);
        add(text, front, " front");
        add(text, delay > 0 || dated, (dated ? " at=" : " delay=") + delay);
        add(text, ttl > 0, " ttl=" + ttl);
        add(text, unique != null, " unique=" + unique + "/" + uniqueFor + "/" + ifTaken);
        add(text, !parents.isEmpty(), " parents=" + parents + "/" + fate);
        add(text, inputFrom != null, " inputFrom=" + inputFrom);
        add(text, runIf != null, " runIf=" + runIf);
        add(text, retries > 0, " retries=" + retries + retryAfter);
        add(text, jittered, "~");
        add(text, retryAtFront, "^");
        add(text, repeats > 0, " repeats=" + repeats + repeatAfter);
        add(text, limit != null, " limit=" + limit);
        add(text, rate != null, " rate=" + rate);
        add(text, group != null, " group=" + group);
        add(text, result != Keep.DEFAULT || failure != Keep.DEFAULT, " keep=" + result + "/" + failure);
        add(text, !callbacks.isEmpty(), " callbacks=" + callbacks);
        return text.toString();
    }

    private static void add(StringBuilder text, boolean condition, String part) {
        if (condition) {
            text.append(part);
        }
    }
}
