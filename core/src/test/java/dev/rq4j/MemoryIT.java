package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.KeyFamily;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What keys take up, counted and estimated. */
@ExtendWith(RedisExtension.class)
class MemoryIT {

    @Test
    void estimatesWhatEachFamilyTakesUp(JobClient jobs, RawRedis redis) {
        for (int i = 0; i < 500; i++) {
            get(jobs.queue("q").enqueue(ECHO, "x"));
        }
        JobHandle<String> parent = get(jobs.queue("q").enqueue(ECHO, "x"));
        get(jobs.queue("q").enqueue(ECHO, "x", job -> job.dependsOn(parent.id())));
        long real = redis.keys().stream()
                .filter(key -> key.matches("job:[^:]+"))
                .mapToLong(key -> redis.commands().memoryUsage(redis.key(key)))
                .sum();

        Map<String, KeyFamily> families = measured(jobs);

        assertThat(families.keySet()).contains("job", "queue", "queues", "deferred", "dependents", "dependencies");
        assertThat(families.get("job").keys()).isEqualTo(502);
        assertThat(families.get("job").sampled()).isEqualTo(200);
        assertThat(families.get("job").bytes()).isBetween(real * 9 / 10, real * 11 / 10);
        assertThat(families.get("queue").bytes()).isEqualTo(redis.commands().memoryUsage(redis.key("queue:q")));
    }

    @Test
    void countsWhatItMayNotMeasure(RawRedis redis) {
        String user = redis.prefix();
        redis.commands()
                .aclSetuser(
                        user,
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allChannels()
                                .allCommands()
                                .removeCommand(CommandType.MEMORY));
        redis.commands().sadd(redis.key("queues"), redis.key("queue:q"));
        JobClient jobs = JobClient.connect(
                RedisExtension.uri().replace("://", "://" + user + ":secret@"),
                JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        try {
            assertThat(measured(jobs).values()).containsExactly(new KeyFamily("queues", 1, 0, null));
        } finally {
            RedisExtension.close(jobs);
            redis.commands().aclDeluser(user);
        }
    }

    private static Map<String, KeyFamily> measured(JobClient jobs) {
        return jobs.memory()
                .collect(Collectors.toMap(KeyFamily::name, Function.identity()))
                .block(Eventually.DEADLINE);
    }
}
