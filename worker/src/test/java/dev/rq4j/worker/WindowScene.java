package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Retention;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Recovered;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import dev.rq4j.testing.TimeMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** What tests of RQ's windows share: clients whose connection can be lost, claimers that die, and the end of it all. */
abstract class WindowScene extends Scene {

    static final Duration LEASE = Duration.ofSeconds(2);
    static final Duration HOUR = Duration.ofHours(1);

    /** The name that the claimers which die go by. */
    static final String DOOMED = "doomed";

    final TcpProxy proxy = new TcpProxy(RedisExtension.uri());
    private JobClient distant;

    @AfterEach
    void hangUp() {
        proxy.admit();
        if (distant != null) {
            RedisExtension.close(distant);
        }
        proxy.close();
    }

    /** Returns the client on the other side of the proxy, connected. */
    JobClient distant() {
        if (distant == null) {
            distant = connect();
            await(distant.ping());
        }
        return distant;
    }

    /** Returns a new client whose way to Redis can be cut; the caller closes it. */
    JobClient connect() {
        return JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
    }

    /** Returns further clients of the namespace, for what many do at once; the caller closes them. */
    List<JobClient> rivals() {
        List<JobClient> clients = Stream.generate(() -> RedisExtension.connect(redis.prefix()))
                .limit(4)
                .toList();
        clients.forEach(client -> await(client.ping()));
        return clients;
    }

    /** Claims one job with a lease, and says no more unless the test does. */
    ClaimedJob claim(JobClient client, Duration lease) {
        List<ClaimedJob> claims = claim(client, 1, lease);
        assertThat(claims).hasSize(1);
        return claims.get(0);
    }

    List<ClaimedJob> claim(JobClient client, int count, Duration lease) {
        String claimer = UUID.randomUUID().toString();
        ClaimRequest request = new ClaimRequest(DOOMED, claimer, claimer, count, lease, List.of(QUEUE));
        return get(client.engine().leases().claim(request)).jobs();
    }

    static Attempt attempt(ClaimedJob claim) {
        Instant now = Instant.now();
        return new Attempt(claim.execution(), DOOMED, now.minusMillis(1), now);
    }

    Settled finish(ClaimedJob claim) {
        byte[] value = jobs.engine().codec().encodeValue("by the doomed");
        return get(jobs.engine().leases().finish(attempt(claim), value, Retention.RESULT_DEFAULT, List.of()));
    }

    Settled fail(ClaimedJob claim) {
        return get(jobs.engine().leases().fail(attempt(claim), "broken", true, List.of()));
    }

    List<String> recover(JobClient client) {
        return client.engine()
                .leases()
                .recover(QUEUE, 3)
                .flatMapIterable(Recovered::queued)
                .collectList()
                .block(Eventually.DEADLINE);
    }

    void pass(Duration time) {
        TimeMachine.forward(redis, time);
    }

    /** Returns how often the scripted handler was started for a job. */
    long starts(JobId job) {
        return script.started().stream().filter(job::equals).count();
    }

    /** Waits until everything is where it belongs. */
    void census() {
        Eventually.holds(() -> Census.holds(redis));
    }
}
