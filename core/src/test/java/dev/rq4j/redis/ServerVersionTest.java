package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

class ServerVersionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\n",
                "# Server\r\nredis_version:8.2.1\r\n",
                "# Server\r\nredis_version:10.0.0-rc1\r\n",
                "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n",
                "# Server\r\nvalkey_version:8.0.1\r\nredis_version:255.255.255\r\n",
            })
    void acceptsSevenAndNewer(String info) {
        StepVerifier.create(ServerVersion.ofInfo(info).check()).verifyComplete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.14", "5.0.3", "2.8"})
    void refusesOlderOnesAndSaysWhatItFound(String version) {
        StepVerifier.create(ServerVersion.ofInfo("redis_version:" + version + "\r\n")
                        .check())
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.ServerUnsupported.class)
                        .hasMessageContaining("the server is Redis " + version)
                        .hasMessageContaining("7.0"))
                .verify();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "# Server\r\n", "redis_version:\r\n", "redis_version:latest\r\n", "x_redis_version:6.0.0"})
    void doesNotRefuseWhatItCannotTell(String info) {
        StepVerifier.create(ServerVersion.ofInfo(info).check()).verifyComplete();
    }

    @Test
    void showsTheVersion() {
        assertThat(ServerVersion.ofInfo("redis_version:7.4.0-v1\r\n").text()).isEqualTo("Redis 7.4.0-v1");
    }
}
