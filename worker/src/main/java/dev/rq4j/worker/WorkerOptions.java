package dev.rq4j.worker;

import dev.rq4j.job.JobException;
import dev.rq4j.job.Names;
import dev.rq4j.job.Retention;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a worker works; see {@link WorkerBuilder} for the meaning and the default of each.
 *
 * @param name what others know it by
 * @param queues the queues that it serves
 * @param order in which order it takes from them
 * @param concurrency how many jobs it holds at most
 * @param lease for how long a job is its own without a sign of life, 300 ms to 1 hour
 * @param maxRecoveries how often a job whose worker died is queued again
 * @param unknownTask what becomes of jobs that it cannot do
 * @param grace how long running jobs may take to end when it stops, up to 365 days
 * @param stopsWithJvm whether it stops when the JVM is told to
 * @param lifetime when it ends by itself
 * @param resultTtl how long jobs that have finished are kept that do not say
 */
public record WorkerOptions(
        String name,
        List<String> queues,
        QueueOrder order,
        int concurrency,
        Duration lease,
        int maxRecoveries,
        UnknownTask unknownTask,
        Duration grace,
        boolean stopsWithJvm,
        Lifetime lifetime,
        Retention resultTtl) {

    private static final Duration SHORTEST_LEASE = Duration.ofMillis(300);
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);
    private static final int MOST = 100_000;
    static final Duration LONGEST_GRACE = Duration.ofDays(365);

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public WorkerOptions {
        Names.worker(name);
        given("the queues", queues);
        given("the order of the queues", order);
        given("a lease", lease);
        given("what becomes of unknown tasks", unknownTask);
        given("a grace period", grace);
        given("the lifetime", lifetime);
        given("a retention", resultTtl);
        queues.forEach(Names::queue);
        queues = List.copyOf(queues);
        demand(!queues.isEmpty(), "a worker needs at least one queue");
        demand(
                queues.stream().distinct().count() == queues.size(),
                "a worker must not name a queue twice, but the queues are " + queues);
        demand(
                concurrency >= 1 && concurrency <= MOST,
                "concurrency must be 1 to " + MOST + ", but was " + concurrency);
        demand(
                lease.compareTo(SHORTEST_LEASE) >= 0 && lease.compareTo(LONGEST_LEASE) <= 0,
                "a lease must be 300 ms to 1 hour, but was " + lease);
        demand(maxRecoveries >= 0, "maxRecoveries must not be negative, but was " + maxRecoveries);
        demand(
                !grace.isNegative() && grace.compareTo(LONGEST_GRACE) <= 0,
                "a grace period must be 0 to 365 days, but was " + grace);
    }

    private static void given(String option, @Nullable Object value) {
        demand(value != null, option + " must be given, but was null");
    }

    private static void demand(boolean met, String otherwise) {
        if (!met) {
            throw new JobException.Invalid(otherwise);
        }
    }
}
