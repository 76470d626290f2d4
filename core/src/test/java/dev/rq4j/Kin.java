package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs that have to do with each other, under ids that say who is who, in the queue {@code q} unless said otherwise. */
final class Kin {

    private final JobClient jobs;
    private final RawRedis redis;
    private final PretendWorker worker;

    Kin(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    JobHandle<String> enqueue(String id) {
        return enqueue(id, options -> {});
    }

    JobHandle<String> enqueue(String id, Consumer<JobOptions.Builder> options) {
        return enqueueTo("q", id, options);
    }

    JobHandle<String> enqueueTo(String queue, String id, Consumer<JobOptions.Builder> options) {
        return get(jobs.queue(queue)
                .enqueue(ECHO, "for " + id, job -> options.accept(job.id(id).description(id))));
    }

    /** Claims the job that is next, which must be this one. */
    ClaimedJob claim(String id) {
        ClaimedJob claim = worker.claimOne("q");
        assertThat(PretendWorker.idOf(claim)).isEqualTo(id);
        return claim;
    }

    void finish(String id) {
        finish(id, "done");
    }

    void finish(String id, @Nullable Object value) {
        worker.finish(claim(id), value);
    }

    void fail(String id) {
        worker.fail(claim(id), "broken");
    }

    void stop(String id) {
        worker.stop(claim(id));
    }

    JobHandle<String> job(String id) {
        return jobs.job(JobId.of(id), String.class);
    }

    JobStatus status(String id) {
        return get(job(id).status());
    }

    boolean exists(String id) {
        return redis.keys().contains("job:" + id);
    }

    List<String> queued() {
        return redis.queue("q");
    }

    /** Tells those who are left how their parents ended, and looks at what is overdue, as a worker does all the time. */
    void tellTheRest() {
        jobs.engine().times().resolve().block(Eventually.DEADLINE);
        jobs.engine().times().expire().block(Eventually.DEADLINE);
    }

    /** Looks after what waits in {@code q}, as a worker does every minute. */
    void tend() {
        jobs.engine().times().tend("q").block(Eventually.DEADLINE);
    }

    /** Returns the keys that only belong to jobs which wait for each other, and have no place for these. */
    Set<String> traces(String... except) {
        return redis.keys().stream()
                .filter(key -> key.startsWith("job:")
                        || key.startsWith("deferred:")
                        || key.startsWith("results:")
                        || key.equals("deadlines")
                        || key.equals("resolving"))
                .filter(key -> Arrays.stream(except).noneMatch(key::contains))
                .collect(Collectors.toSet());
    }

    /** Returns the members of a set under a key of a job. */
    Set<String> dependents(String id) {
        return redis.commands().smembers(redis.key("job:" + id + ":dependents"));
    }

    Set<String> dependencies(String id) {
        return redis.commands().smembers(redis.key("job::" + id + ":dependencies"));
    }

    static JobId[] ids(String... ids) {
        return Stream.of(ids).map(JobId::of).toArray(JobId[]::new);
    }
}
