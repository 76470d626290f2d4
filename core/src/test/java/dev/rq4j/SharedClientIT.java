package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.RedisEndpoint;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An application that has a Lettuce client already shares its threads and keeps everything else. */
@ExtendWith(RedisExtension.class)
class SharedClientIT {

    @Test
    void closingLeavesTheClientOfTheApplicationAlone(RawRedis redis) {
        RedisURI uri = RedisURI.create(RedisExtension.uri());
        RedisClient application = RedisClient.create(uri);
        ClientOptions before = application.getOptions();
        try (StatefulRedisConnection<String, String> own = application.connect()) {
            JobClient jobs = JobClient.connect(
                    RedisEndpoint.of(application, uri), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
            get(jobs.queue("q").enqueue(ECHO, "hello"));
            assertThat(redis.queue("q")).hasSize(1);

            RedisExtension.close(jobs);

            assertThat(own.sync().ping()).isEqualTo("PONG");
            try (StatefulRedisConnection<String, String> another = application.connect()) {
                assertThat(another.sync().ping()).isEqualTo("PONG");
            }
            assertThat(application.getOptions()).isSameAs(before);
        } finally {
            application.shutdown();
        }
    }

    @Test
    void twoClientsCanShareTheThreadsAndCloseOneAfterTheOther(RawRedis redis) {
        RedisURI uri = RedisURI.create(RedisExtension.uri());
        RedisClient application = RedisClient.create(uri);
        JobClientOptions options = JobClientOptions.DEFAULTS.withPrefix(redis.prefix());
        JobClient first = JobClient.connect(RedisEndpoint.of(application, uri), options);
        JobClient second = JobClient.connect(RedisEndpoint.of(application, uri), options);
        get(first.queue("q").enqueue(ECHO, "hello"));
        RedisExtension.close(first);

        get(second.queue("q").enqueue(ECHO, "hello"));

        assertThat(redis.queue("q")).hasSize(2);
        RedisExtension.close(second);
        application.shutdown();
    }
}
