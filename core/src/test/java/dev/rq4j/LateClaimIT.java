package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.Claims;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** A request for jobs is still under way when it was sent again, answered, and followed by the next, and arrives then. */
@ExtendWith(RedisExtension.class)
class LateClaimIT {

    @Test
    void itTakesNothingSinceNobodyHearsItsAnswer(RawRedis redis) {
        TcpProxy proxy = new TcpProxy(RedisExtension.uri());
        JobClient jobs = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        PretendWorker worker = new PretendWorker(jobs);
        for (int i = 0; i < 3; i++) {
            worker.enqueue("q");
        }
        ClaimRequest first = worker.request(1, Duration.ofSeconds(30), "q");
        Mono<Claims> claim = jobs.engine().leases().claim(first);
        proxy.holdRequest();
        assertThat(get(claim.retryWhen(Retry.backoff(50, Duration.ofMillis(20))))
                        .jobs())
                .hasSize(1);
        assertThat(worker.claim(1, "q")).hasSize(1);

        proxy.deliverHeld();

        assertThat(redis.queue("q")).hasSize(1);
        RedisExtension.close(jobs);
        proxy.close();
    }
}
