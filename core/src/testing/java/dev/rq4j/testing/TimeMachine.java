package dev.rq4j.testing;

import io.lettuce.core.ScriptOutputType;
import java.time.Duration;

/**
 * Lets time pass in a namespace without anybody waiting: every time that scripts decide by is moved into the past, and
 * every time to live gets shorter. Nothing that is due is done: that is for whoever does it.
 */
public final class TimeMachine {

    private static final String FORWARD = """
            local by = tonumber(ARGV[1])
            local function earlier(seconds, form) return string.format(form or '%.6f', tonumber(seconds) - by) end

            local function age_hash(key)
              for _, field in ipairs({ 'not_before', 'expires_at' }) do
                local at = redis.call('HGET', key, field)
                if at then redis.call('HSET', key, field, earlier(at, '%.3f')) end
              end
            end
            local function age_zset(key)
              local members = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
              for i = 1, #members, 2 do
                local at = tonumber(members[i + 1])
                if at > 0 and at < math.huge then redis.call('ZADD', key, earlier(at), members[i]) end
              end
            end
            local function age_list(key)
              if not string.find(key, KEYS[1] .. ':rate:', 1, true) then return end
              for i, at in ipairs(redis.call('LRANGE', key, 0, -1)) do redis.call('LSET', key, i - 1, earlier(at)) end
            end
            local age = { hash = age_hash, zset = age_zset, list = age_list }

            local keys, cursor = {}, '0'
            repeat
              local page = redis.call('SCAN', cursor, 'MATCH', KEYS[1] .. ':*', 'COUNT', 1000)
              cursor = page[1]
              for _, key in ipairs(page[2]) do keys[key] = true end
            until cursor == '0'
            for key in pairs(keys) do
              local contents = age[redis.call('TYPE', key).ok]
              local left = redis.call('PTTL', key)
              if contents then contents(key) end
              if left >= 0 and left <= by * 1000 then
                redis.call('DEL', key)
              elseif left >= 0 then
                redis.call('PEXPIRE', key, string.format('%d', left - by * 1000))
              end
            end
            return 1
            """;

    private TimeMachine() {}

    /** Moves a namespace this far into the future, in one step. */
    public static void forward(RawRedis redis, Duration time) {
        redis.commands()
                .eval(
                        FORWARD,
                        ScriptOutputType.INTEGER,
                        new String[] {redis.prefix()},
                        Long.toString(time.toSeconds()));
    }
}
