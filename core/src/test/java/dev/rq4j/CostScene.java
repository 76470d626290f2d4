package dev.rq4j;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

/** A Redis of one test's own, which counts the commands that it is sent, those of scripts among them. */
abstract class CostScene {

    private final EmbeddedRedis server = EmbeddedRedis.start();
    final RawRedis redis = new RawRedis(server.uri(), "rq");
    final JobClient jobs = JobClient.connect(server.uri());
    final PretendWorker worker = new PretendWorker(jobs);

    @AfterEach
    void close() {
        RedisExtension.close(jobs);
        redis.close();
        server.close();
    }

    /** Returns how often which command was called meanwhile. */
    final Map<String, Long> cost(Runnable action) {
        redis.commands().configResetstat();
        action.run();
        return Pattern.compile("cmdstat_([a-z|]+):calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), CostScene::calls, Long::sum));
    }

    private static long calls(MatchResult found) {
        return Long.parseLong(found.group(2));
    }
}
