package dev.rq4j.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.codec.Zlib;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes hashes of jobs as nobody should write them. The same seed makes the same. */
final class Garbage {

    static final byte[] CALL = "[\"tests.act\", null, [\"x\"], {}]".getBytes(UTF_8);

    private static final List<String> FIELDS = List.of(
            "status",
            "origin",
            "data",
            "description",
            "created_at",
            "enqueued_at",
            "started_at",
            "ended_at",
            "timeout",
            "result_ttl",
            "failure_ttl",
            "ttl",
            "worker_name",
            "meta",
            "dependency_id",
            "dependency_ids",
            "group_id",
            "not_before",
            "expires_at",
            "last_heartbeat",
            "execution_id",
            "recoveries",
            "max_recoveries",
            "failures",
            "retries_left",
            "retry_intervals",
            "retry_jitter",
            "enqueue_at_front_on_retry",
            "repeats_left",
            "repeats",
            "repeat_intervals",
            "number_of_retries",
            "rate_limit_key",
            "rate_limit_concurrency",
            "rate_key",
            "rate_count",
            "rate_period",
            "rate_turn",
            "rate_place",
            "unique_key",
            "unique_within",
            "progress",
            "progress_message",
            "run_if",
            "input_from",
            "input",
            "request_token",
            "waited_until",
            "enqueue_at_front",
            "again_at_front",
            "allow_dependency_failures",
            "success_callback_name",
            "exc_info",
            "result",
            "nobody_knows_this_field");

    private static final List<byte[]> VALUES = values();

    private final Random random;

    Garbage(long seed) {
        this.random = new Random(seed);
    }

    /** A job that would be fine, but for some of its fields. */
    Map<byte[], byte[]> hash(String queue, String status) {
        Map<String, byte[]> hash = new HashMap<>();
        hash.put("status", status.getBytes(UTF_8));
        hash.put("origin", queue.getBytes(UTF_8));
        hash.put("data", random.nextBoolean() ? CALL : Zlib.deflate(CALL));
        hash.put("created_at", "2026-01-01T00:00:00.000000Z".getBytes(UTF_8));
        for (int left = 1 + random.nextInt(6); left > 0; left--) {
            String field = FIELDS.get(random.nextInt(FIELDS.size()));
            if (random.nextInt(10) == 0) {
                hash.remove(field);
            } else {
                hash.put(field, value());
            }
        }
        // Of a hash without fields there is none.
        hash.put("nobody_knows_this_field", new byte[] {1});
        Map<byte[], byte[]> raw = new HashMap<>();
        hash.forEach((field, value) -> raw.put(field.getBytes(UTF_8), value));
        return raw;
    }

    /** What nobody should write anywhere. */
    byte[] value() {
        byte[] value = VALUES.get(random.nextInt(VALUES.size()));
        if (random.nextInt(4) > 0 || value.length == 0) {
            return value;
        }
        byte[] broken = value.clone();
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
        return Arrays.copyOf(broken, 1 + random.nextInt(broken.length));
    }

    /** An id that somebody put into a list, most of them fine. */
    String id(int number) {
        return switch (random.nextInt(40)) {
            case 0 -> "{" + number + "}:\r\n*";
            case 1 -> "../" + number + "\u0000";
            case 2 -> "\u202e" + number;
            case 3 -> "x".repeat(300) + number;
            default -> "garbage-" + number;
        };
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private static List<byte[]> values() {
        List<byte[]> values = new ArrayList<>();
        for (String text : List.of(
                "",
                " ",
                "-1",
                "0",
                "1",
                "3",
                "1e999",
                "nan",
                "-inf",
                "9007199254740993",
                "-9007199254740993",
                "1".repeat(400),
                "0x7f",
                "true",
                "None",
                "null",
                "[",
                "{}",
                "[[]]",
                "[1,\"a\",null]",
                "{\"a\":1,\"a\":2}",
                "\"\\ud800\"",
                "[".repeat(10_000),
                "2026-01-01T00:00:00Z",
                "2026-99-99T99:99:99Z",
                "started",
                "finished",
                "deferred",
                "rate_limited",
                "ready_to_enqueue",
                "no_such_status",
                "rq4j.webhook",
                "os.system",
                "garbage-1",
                "a:b:c",
                "\u0000",
                "\u202e\ud83d\ude00",
                "-1-1",
                "__proto__",
                "return redis.call('FLUSHALL')")) {
            values.add(text.getBytes(UTF_8));
        }
        byte[] zeroes = Zlib.deflate(new byte[4 << 20]);
        values.add(zeroes);
        values.add(Arrays.copyOf(zeroes, zeroes.length / 2));
        values.add(Zlib.deflate(zeroes));
        values.add(Arrays.copyOf(Zlib.deflate(CALL), 12));
        values.add("\u0080\u0004\u0095\u0010\u0000.".getBytes(ISO_8859_1));
        values.add(new byte[] {(byte) 0xc3, 0x28, (byte) 0xff, (byte) 0xfe});
        values.add("x".repeat(50_000).getBytes(UTF_8));
        return values;
    }
}
