package dev.rq4j.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobClient;
import dev.rq4j.PretendWorker;
import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a claim does that no answer shows: the script runs here with something between it and Redis. */
@ExtendWith(RedisExtension.class)
class ClaimScriptIT {

    /** Returns how many bytes the script has read. */
    private static final String COUNTING = """
            local server, bytes = redis, 0
            local function count(answer)
              if type(answer) == 'string' then bytes = bytes + #answer end
              if type(answer) == 'table' then for _, each in ipairs(answer) do count(each) end end
              return answer
            end
            local redis = {
              call = function(...) return count(server.call(...)) end,
              pcall = function(...) return count(server.pcall(...)) end,
            }
            local function claim()
            %s
            end
            claim()
            return bytes
            """;

    /** Fails at the last thing that is written of the second job. */
    private static final String FAILING = """
            local server, left = redis, 1
            local redis = { pcall = server.pcall }
            redis.call = function(command, ...)
              if command == 'PERSIST' then
                if left == 0 then error('nobody knows why') end
                left = left - 1
              end
              return server.call(command, ...)
            end
            %s
            """;

    private static final int LARGE = 100_000;

    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void whatIsNotHandedOutIsNotRead() {
        for (int i = 0; i < 50; i++) {
            put("ended" + i, Map.of("status", "finished", "data", "x".repeat(LARGE), "input", "x".repeat(LARGE)));
        }
        put("waits", Map.of("status", "queued", "data", "x".repeat(LARGE)));

        assertThat(run(COUNTING, 60)).isBetween((long) LARGE, LARGE + 10_000L);
        assertThat(redis.hash("job:waits")).containsEntry("status", "started");
    }

    @Test
    void aPayloadIsReadOnceThoughItsJobIsLookedAtTwice() {
        put("odd", Map.of("status", "tomorrow's invention", "data", "x".repeat(LARGE)));

        assertThat(run(COUNTING, 1)).isBetween((long) LARGE, LARGE + 1000L);
    }

    @Test
    void whateverGoesWrongWhatWasStartedIsLeased() {
        List<String> ids = List.of("a", "b", "c");
        ids.forEach(id -> put(id, Map.of("status", "queued", "data", "x")));

        assertThatThrownBy(() -> run(FAILING, 3)).hasMessageContaining("nobody knows why");

        assertThat(ids.stream().map(id -> redis.hash("job:" + id)).filter(job -> "started".equals(job.get("status"))))
                .hasSize(2);
        assertThat(ids.subList(0, 2)).allSatisfy(id -> {
            String execution = redis.hash("job:" + id).get("execution_id");
            assertThat(redis.score("wip:q", id + ':' + execution)).isNotNull();
        });
    }

    @Test
    void nothingIsLeftLeasedThatIsNotRun() {
        put("gone", Map.of("status", "finished"));
        put("waits", Map.of("status", "queued", "data", "x"));
        redis.commands().rpush(redis.key("queue:q"), "waits", "nobody", "with:colon");

        assertThat(worker.claim(10, "q")).hasSize(1);

        assertThat(redis.commands().zrange(redis.key("wip:q"), 0, -1))
                .singleElement()
                .asString()
                .startsWith("waits:");
    }

    private void put(String id, Map<String, String> fields) {
        redis.commands().hset(redis.key("job:" + id), fields);
        redis.commands().rpush(redis.key("queue:q"), id);
    }

    private long run(String around, int count) {
        Keys keys = new Keys(redis.prefix());
        String[] text = LuaText.of("claim").split("\n", 2);
        return redis.commands()
                .eval(
                        text[0] + '\n' + around.formatted(text[1]),
                        ScriptOutputType.INTEGER,
                        new String[] {keys.queues()},
                        Stream.of(worker.request(count, Duration.ofSeconds(30), "q")
                                        .args(keys, JacksonCodec.create(), 1)
                                        .toArray())
                                .map(arg -> new String(arg, ISO_8859_1))
                                .toArray(String[]::new));
    }
}
