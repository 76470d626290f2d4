package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.rq4j.job.JobException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void theUriOfTheApplicationStaysAsItIs() {
        RedisURI theirs = RedisURI.Builder.sentinel("one", 1, "main", "secret")
                .withSentinel("two", 2)
                .withPassword("master".toCharArray())
                .withDatabase(3)
                .build();

        RedisURI ours = RedisEndpoint.of(application, theirs).uri();

        assertThat(ours.getTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(ours.getDatabase()).isEqualTo(3);
        assertThat(ours.getSentinelMasterId()).isEqualTo("main");
        assertThat(ours.getCredentialsProvider()).isSameAs(theirs.getCredentialsProvider());
        assertThat(ours.getSentinels())
                .extracting(RedisURI::getHost, RedisURI::getPort, RedisURI::getTimeout)
                .containsExactly(tuple("one", 1, Duration.ofSeconds(3)), tuple("two", 2, Duration.ofSeconds(3)));
        assertThat(ours.getSentinels().get(0).getCredentialsProvider())
                .isSameAs(theirs.getSentinels().get(0).getCredentialsProvider());
        assertThat(theirs.getTimeout()).isEqualTo(RedisURI.DEFAULT_TIMEOUT_DURATION);
        assertThat(theirs.getSentinels())
                .extracting(RedisURI::getTimeout)
                .containsOnly(RedisURI.DEFAULT_TIMEOUT_DURATION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "redis://",
                "http://:secret@host",
                "redis://:secret@host:99999",
                "redis://:secret@host/abc",
                "redis://:sec ret@host",
                "redis://:secret@host?timeout=9999d",
                "redis-socket:///secret.sock",
                "redis-sentinel://:secret@host",
                "redis-sentinel://:secret@host:99999#main"
            })
    void aUriThatCannotBeIsRefusedWithoutItsPassword(String uri) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> RedisEndpoint.of(uri))
                .withMessageContaining("Redis URI")
                .withMessageNotContaining("secret")
                .withNoCause();
    }

    @Test
    void noCommandWaitsWithoutBound() {
        assertThat(RedisEndpoint.of("redis://host?timeout=0").uri().getTimeout())
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(RedisEndpoint.of("redis://host?timeout=5s").uri().getTimeout())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(RedisEndpoint.of("redis-sentinel://host:1,other#main").uri().getTimeout())
                .isEqualTo(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://host?timeout=60s",
                "redis://host/1?clientName=me&Timeout=1m",
                "redis-sentinel://one,two?timeout=60s#main"
            })
    void aTimeoutThatIsAskedForIsKeptThoughItIsTheDriversDefault(String uri) {
        assertThat(RedisEndpoint.of(uri).uri().getTimeout()).isEqualTo(Duration.ofMinutes(1));
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
