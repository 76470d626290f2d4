package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Claims;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The answers on a connection are shifted by one: each seems to be the answer to the request after its own. */
@ExtendWith(RedisExtension.class)
class OutOfStepIT {

    private final TcpProxy proxy = new TcpProxy(RedisExtension.uri());
    private JobClient jobs;
    private PretendWorker worker;
    private ClaimRequest request;

    @BeforeEach
    void connect(RawRedis redis) {
        jobs = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        worker = new PretendWorker(jobs);
        worker.claim(1, "q");
        worker.enqueue("q");
        request = worker.request(1, Duration.ofSeconds(30), "q");
    }

    @AfterEach
    void disconnect() {
        RedisExtension.close(jobs);
        proxy.close();
    }

    /** A number, nothing, an empty list, a word, and jobs for somebody else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ":1\r\n",
                "$-1\r\n",
                "*0\r\n",
                "$9\r\nsuspended\r\n",
                "*2\r\n$4\r\nhers\r\n*9\r\n$1\r\nq\r\n$3\r\njob\r\n$8\r\nhers-1-0\r\n:0\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n*0\r\n"
            })
    void anAnswerToAnotherRequestIsNotTakenForOnesOwn(String foreign) {
        proxy.slipIn(foreign, request.token());
        Mono<Claims> claim = worker.leases().claim(request);

        StepVerifier.create(claim)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.ServerUnavailable.class)
                        .hasMessageContaining("do not belong to what was asked"))
                .verify(Eventually.DEADLINE);

        assertThat(proxy.isSlipping()).isFalse();
        List<ClaimedJob> adopted = get(claim).jobs();
        assertThat(adopted).hasSize(1);
        assertThat(adopted.get(0).execution().id()).startsWith(request.token() + "-1-");
    }

    @Test
    void theConnectionIsGivenUpForANewOne() {
        int before = proxy.accepted();
        proxy.slipIn(":1\r\n", request.token());
        worker.leases().claim(request).onErrorComplete().block(Eventually.DEADLINE);

        assertThat(worker.enqueue("q").id()).isNotNull();

        assertThat(proxy.accepted()).isEqualTo(before + 1);
    }
}
