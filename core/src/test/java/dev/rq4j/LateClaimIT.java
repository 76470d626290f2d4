package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Claims;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * A request for jobs is still under way when it was sent again, answered, and followed by the next, and arrives then. It
 * takes nothing, since nobody hears its answer.
 */
@ExtendWith(RedisExtension.class)
class LateClaimIT {

    private RawRedis redis;
    private final TcpProxy proxy = new TcpProxy(RedisExtension.uri());
    private JobClient jobs;
    private PretendWorker worker;
    private Mono<Claims> claim;

    @BeforeEach
    void connect(RawRedis redis) {
        this.redis = redis;
        this.jobs = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        this.worker = new PretendWorker(jobs);
        // the server knows the script, so that the next request is the one that counts
        worker.claim(1, "q");
        for (int i = 0; i < 3; i++) {
            worker.enqueue("q");
        }
        this.claim = jobs.engine().leases().claim(worker.request(1, Duration.ofSeconds(30), "q"));
    }

    @AfterEach
    void disconnect() {
        RedisExtension.close(jobs);
        proxy.close();
    }

    @Test
    void theFirstAttemptTakesNothing() {
        proxy.holdRequest();
        answered();

        proxy.deliverHeld();

        assertThat(redis.queue("q")).hasSize(1);
    }

    @Test
    void aLaterAttemptTakesNothing() {
        proxy.holdRequest();
        unanswered();
        proxy.holdRequest();
        answered();

        proxy.deliverHeld();

        assertThat(redis.queue("q")).hasSize(1);
    }

    @Test
    void aLaterAttemptTakesNothingWhenWhatTheFirstLeasedWasTakenOver() {
        proxy.swallowAnswers(1);
        unanswered();
        proxy.holdRequest();
        answered();

        proxy.deliverHeld();

        assertThat(redis.queue("q")).hasSize(1);
    }

    /** The leases of the first attempt have ended by then, and with them what it left to be known by. */
    @Test
    void aLaterAttemptThatFindsNoRecordUsesNoExecutionIdTwice() {
        claim = jobs.engine().leases().claim(worker.request(1, Duration.ofMillis(1), "q"));
        proxy.swallowAnswers(1);
        unanswered();
        String before = redis.commands().zrange(redis.key("wip:q"), 0, -1).get(0);
        worker.leases().recover("q", 3).blockLast(Eventually.DEADLINE);
        Eventually.holds(() -> assertThat(redis.keys()).noneMatch(key -> key.startsWith("claimer:")));

        ClaimedJob again = get(claim).jobs().get(0);

        assertThat(before).startsWith(PretendWorker.idOf(again) + ":");
        assertThat(again.execution().id()).endsWith("-2-0").isNotEqualTo(before.substring(before.indexOf(':') + 1));
    }

    /** Sends the request once, and connects again. */
    private void unanswered() {
        assertThat(claim.onErrorComplete().block(Eventually.DEADLINE)).isNull();
        jobs.ping().block(Eventually.DEADLINE);
    }

    /** Sends the request until it is answered, and then the next. */
    private void answered() {
        assertThat(get(claim.retryWhen(Retry.backoff(50, Duration.ofMillis(20))))
                        .jobs())
                .hasSize(1);
        assertThat(worker.claim(1, "q")).hasSize(1);
    }
}
