package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisEndpointTest {

    private final RedisURI uri = RedisURI.create("redis://127.0.0.1:1");
    private final RedisClient application = RedisClient.create(uri);
    private final ClientResources theirs = application.getResources();
    private final ClientResources ours =
            RedisEndpoint.of(application, uri).client().getResources();

    @AfterEach
    void shutDown() {
        application.shutdown();
    }

    @Test
    void aConnectionThatBrokeIsMadeAgainSoonOnSharedThreadsToo() {
        Delay delay = ours.reconnectDelay();
        for (int attempt = 1; attempt < 50; attempt++) {
            assertThat(delay.createDelay(attempt)).isLessThanOrEqualTo(Duration.ofSeconds(2));
        }
        assertThat(theirs.reconnectDelay().createDelay(50)).isGreaterThan(Duration.ofSeconds(2));
    }

    @Test
    void theThreadsAreThoseOfTheApplicationAndStayWithIt() {
        assertThat(ours.eventLoopGroupProvider()).isSameAs(theirs.eventLoopGroupProvider());
        assertThat(ours.eventExecutorGroup()).isSameAs(theirs.eventExecutorGroup());
        assertThat(ours.timer()).isSameAs(theirs.timer());
        assertThat(ours.commandLatencyRecorder()).isSameAs(theirs.commandLatencyRecorder());

        ours.shutdown(0, 0, TimeUnit.SECONDS).syncUninterruptibly();

        assertThat(theirs.eventExecutorGroup().isShuttingDown()).isFalse();
        theirs.timer().newTimeout(timeout -> {}, 1, TimeUnit.HOURS).cancel();
    }
}
