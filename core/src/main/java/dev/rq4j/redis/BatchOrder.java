package dev.rq4j.redis;

import dev.rq4j.job.Callback;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Relations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds jobs of one batch that could never run, or not be enqueued in their order, before any of them is sent. */
final class BatchOrder {

    /** Whom each job waits for, of those with an id that was asked for. */
    private final Map<JobId, Set<JobId>> parents = new HashMap<>();
    /** Jobs above which there is no circle. */
    private final Set<JobId> cleared = new HashSet<>();

    private BatchOrder() {}

    /** Signals {@link JobException.Invalid} if jobs wait for each other, or for one that comes later. */
    static void check(List<? extends JobRequest<?>> requests) {
        if (requests.size() > 1) {
            new BatchOrder().walk(requests);
        }
    }

    private void walk(List<? extends JobRequest<?>> requests) {
        for (JobRequest<?> request : requests) {
            JobId id = request.options().identity().id();
            if (id != null) {
                parents.merge(id, dependencies(request), this::both);
            }
        }
        if (parents.isEmpty()) {
            return; // Nobody waits for a job of the batch when nobody knows the id of one.
        }
        Set<JobId> before = new HashSet<>();
        for (JobRequest<?> request : requests) {
            named(request).forEach(before::add);
            for (JobId parent : dependencies(request)) {
                if (parents.containsKey(parent) && !before.contains(parent)) {
                    named(request).forEach(id -> refuseCircle(id, new ArrayList<>()));
                    throw new JobException.Invalid("a job depends on job " + parent
                            + ", which comes after it in the same batch; the order must be the other way round");
                }
            }
        }
    }

    /** Goes up from a job, and refuses if that leads back to one that was passed. */
    private void refuseCircle(JobId id, List<JobId> passed) {
        if (cleared.contains(id)) {
            return;
        }
        int at = passed.indexOf(id);
        passed.add(id);
        if (at >= 0) {
            throw new JobException.Invalid("jobs of one batch wait for each other: "
                    + passed.subList(at, passed.size()).stream()
                            .map(JobId::value)
                            .collect(Collectors.joining(" waits for ")));
        }
        parents.getOrDefault(id, Set.of()).forEach(parent -> refuseCircle(parent, passed));
        passed.remove(passed.size() - 1);
        cleared.add(id);
    }

    private Set<JobId> both(Set<JobId> one, Set<JobId> other) {
        Set<JobId> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    private static Stream<JobId> named(JobRequest<?> request) {
        return Stream.ofNullable(request.options().identity().id());
    }

    /** Those that the job waits for, and those that its callbacks wait for besides. */
    private static Set<JobId> dependencies(JobRequest<?> request) {
        Relations relations = request.options().relations();
        Set<JobId> all = new HashSet<>(relations.parents().ids());
        relations.callbacks().stream().map(Callback::request).forEach(callback -> all.addAll(dependencies(callback)));
        named(request).forEach(all::remove);
        return all;
    }
}
