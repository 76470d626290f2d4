package dev.rq4j;

import dev.rq4j.job.Execution;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Task;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Claims;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Does to jobs by hand what a worker does. */
public final class PretendWorker {

    /** A task for tests that do not care which. */
    public static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);

    private static final Duration LEASE = Duration.ofSeconds(30);

    private final JobClient client;
    private final String name = "pretend";
    private final String claimer = UUID.randomUUID().toString();

    /** Works with the connections of a client. */
    public PretendWorker(JobClient client) {
        this.client = client;
    }

    /** Enqueues a job of no particular kind. */
    public JobHandle<String> enqueue(String queue) {
        return get(client.queue(queue).enqueue(ECHO, "hello"));
    }

    /** Claims from queues in this order. */
    public List<ClaimedJob> claim(int count, String... queues) {
        return get(claiming(count, queues)).jobs();
    }

    /** Returns a request that claims from queues in this order. */
    public Mono<Claims> claiming(int count, String... queues) {
        return leases().claim(request(count, LEASE, queues));
    }

    /** Claims the one job that waits. */
    public ClaimedJob claimOne(String queue) {
        List<ClaimedJob> claims = claim(1, queue);
        if (claims.size() != 1) {
            throw new AssertionError("expected one job in " + queue + ", but got " + claims);
        }
        return claims.get(0);
    }

    /** Claims with a lease that has run out when this returns. */
    public List<ClaimedJob> claimAndDie(int count, String queue) {
        Claims claims = get(leases().claim(request(count, Duration.ofMillis(1), queue)));
        get(Mono.delay(Duration.ofMillis(3)));
        return claims.jobs();
    }

    /** Returns a new request. */
    public ClaimRequest request(int count, Duration lease, String... queues) {
        return new ClaimRequest(name, claimer, UUID.randomUUID().toString(), count, lease, Arrays.asList(queues));
    }

    /** Sends a request. */
    public Claims claim(ClaimRequest request) {
        return get(leases().claim(request));
    }

    /** Ends a job well; null is nothing. */
    public Settled finish(ClaimedJob job, @Nullable Object value) {
        return get(finishing(job, value));
    }

    /** Returns a request that ends a job well; null is nothing. */
    public Mono<Settled> finishing(ClaimedJob job, @Nullable Object value) {
        byte[] bytes = value == null ? null : client.engine().codec().encodeValue(value);
        return leases().finish(attempt(job), bytes, Retention.RESULT_DEFAULT, List.of());
    }

    /** Ends a job with an error. */
    public Settled fail(ClaimedJob job, String trace) {
        return get(leases().fail(attempt(job), trace, true, List.of()));
    }

    /** Ends a job as stopped. */
    public Settled stop(ClaimedJob job) {
        return get(leases().stop(attempt(job), "stopped by a test"));
    }

    /** Gives jobs back. */
    public List<Settled> release(List<ClaimedJob> jobs, boolean toFront) {
        return get(leases().release(executions(jobs), toFront));
    }

    /** Extends leases by half a minute. */
    public List<Boolean> extend(List<ClaimedJob> jobs) {
        return get(leases().extend(executions(jobs), LEASE));
    }

    /** Returns the engine's own part for leases. */
    public LeaseStore leases() {
        return client.engine().leases();
    }

    /** Returns the client that it works with. */
    public JobClient client() {
        return client;
    }

    /** Returns the id of the job that was claimed. */
    public static String idOf(ClaimedJob claim) {
        return claim.execution().job().value();
    }

    /** Waits for a value, which must come. */
    public static <T> T get(Mono<T> mono) {
        T value = mono.block(Eventually.DEADLINE);
        if (value == null) {
            throw new AssertionError("nothing came");
        }
        return value;
    }

    private Attempt attempt(ClaimedJob job) {
        Instant ended = Instant.now();
        return new Attempt(job.execution(), name, ended.minusMillis(250), ended);
    }

    private static List<Execution> executions(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::execution).toList();
    }
}
