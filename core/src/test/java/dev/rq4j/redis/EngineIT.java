package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClientOptions;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.Test;

class EngineIT {

    private final RedisEndpoint endpoint = RedisEndpoint.of(RedisExtension.uri());
    private final ClientResources threads = endpoint.client().getResources();
    private final Engine engine = new Engine(endpoint, "nobody", JobClientOptions.DEFAULTS.codec(), false);

    @Test
    void closingGoesOnWhenNobodyWaitsForIt() {
        engine.ping().block(Eventually.DEADLINE);

        engine.close().subscribe().dispose();

        Eventually.holds(
                () -> assertThat(threads.eventExecutorGroup().isTerminated()).isTrue());
    }

    @Test
    void whoClosesAgainWaitsForTheEndOfTheFirst() {
        engine.ping().block(Eventually.DEADLINE);
        engine.close().subscribe().dispose();

        engine.close().block(Eventually.DEADLINE);

        assertThat(threads.eventExecutorGroup().isTerminated()).isTrue();
    }
}
