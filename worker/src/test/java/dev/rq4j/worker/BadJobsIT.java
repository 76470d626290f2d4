package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.redis.RedisEndpoint;
import dev.rq4j.testing.RedisExtension;
import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Jobs that cannot be done: each fails with the reason, and the worker goes on with the next. */
class BadJobsIT extends Scene {

    private static final Task<Integer, String> NUMBER = Task.of("tests.number", Integer.class, String.class);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hello                                 | Unreadable: the payload is not JSON
            ["tests.act", null, ["x"]             | Unreadable: the payload
            {"name": "tests.act"}                 | Unreadable
            []                                    | Unreadable
            [7, null, [], {}]                     | Unreadable
            ["tests.act", {"a": 1}, [], {}]       | methods of instances are not supported
            ["tests.act", null, [[1, 2]], {}]     | Unreadable: cannot read the input as java.lang.String
            ["tests.number", null, ["seven"], {}] | Unreadable: cannot read the input as java.lang.Integer
            ["tests.act", null, ["x"], {}, 1]     | Unreadable
            """)
    void aPayloadThatIsNoCallFailsTheJob(String payload, String text) {
        failsWith(Map.of("data", payload), text);
        failsWith(Map.of("data", latin1(Zlib.deflate(payload.getBytes(UTF_8)))), text);
    }

    @Test
    void aPickledPayloadFailsTheJobWithAHint() {
        failsWith(Map.of("data", "\u0080\u0005\u0095)."), "the payload is pickled data: use RQ's JSONSerializer");
    }

    @Test
    void aPayloadOverTheLimitFailsTheJobUnread() {
        failsWith(Map.of("data", "x".repeat(1_500_000)), "TooLarge: the payload of a job is limited to 1048576 bytes");
        byte[] bomb = Zlib.deflate(new byte[512 << 20]);
        failsWith(Map.of("data", latin1(bomb)), "TooLarge: the payload of a job is limited to 1048576 bytes");
        failsWith(
                Map.of("data", latin1(bomb).substring(0, 100_000)),
                "TooLarge: the payload of a job is limited to 1048576 bytes");
    }

    @Test
    void aPayloadThatIsCutOffFailsTheJob() {
        String whole = latin1(Zlib.deflate("[\"tests.act\", null, [\"x\"], {}]".getBytes(UTF_8)));
        failsWith(Map.of("data", whole.substring(0, 20)), "Unreadable: the payload of a job is zlib data");
    }

    @Test
    void aHashWithoutPayloadFailsTheJob() {
        failsWith(Map.of("origin", QUEUE), "Unreadable: the hash of a job must have its payload in the field data");
    }

    @ParameterizedTest
    @CsvSource({"0", "-5", "soon", "1e3", "99999999999999999999", "'1; DROP'"})
    void anAbsurdTimeoutFailsTheJob(String timeout) {
        failsWith(
                Map.of("data", "[\"tests.act\", null, [\"x\"], {}]", "timeout", timeout),
                "Unreadable: the field timeout of a job must be -1 or a positive number of seconds");
    }

    @ParameterizedTest
    @CsvSource({"1e999", "inf", "nan", "-3", "9007199254740993", "many", "0.5"})
    void anAbsurdNumberOfRetriesIsNone(String retries) {
        failsWith(Map.of("data", "hello", "retries_left", retries), "Unreadable: the payload is not JSON");
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "nan", "many", "''"})
    void aLimitThatWouldLetNobodyThroughLetsOneThrough(String concurrency) {
        JobId id = JobId.random();
        redis.commands()
                .hset(
                        redis.key("job:" + id),
                        Map.of(
                                "data",
                                "[\"tests.act\", null, [\"x\"], {}]",
                                "status",
                                "scheduled",
                                "origin",
                                QUEUE,
                                "rate_limit_key",
                                "absurd" + concurrency,
                                "rate_limit_concurrency",
                                concurrency));
        redis.commands().zadd(redis.key("scheduled:" + QUEUE), redis.now() - 1, id.value());

        run(worker());

        assertThat(get(jobs.job(id, String.class).result())).isEqualTo("x");
    }

    @Test
    void anUnknownTaskFailsTheJobAndNamesThoseThatAreKnown() {
        failsWith(
                Map.of("data", "[\"os.system\", null, [\"x\"], {}]"),
                "UnknownTask: no handler for task \"os.system\"; this worker handles: tests.act, tests.number");
    }

    @Test
    void anUnknownTaskCanBeLeftForAnotherWorker() {
        JobHandle<String> job = get(jobs.queue(QUEUE).enqueue(Task.of("tests.other", String.class, String.class), "x"));
        run(worker().unknownTask(UnknownTask.LEAVE));
        JobHandle<String> own = enqueue("own");
        assertThat(get(own.result())).isEqualTo("own");
        assertThat(status(job.id())).isIn("queued", "started");

        run(worker(jobs)
                .unknownTask(UnknownTask.LEAVE)
                .handle(Task.of("tests.other", String.class, String.class), input -> Mono.just("by the other")));

        assertThat(get(job.result())).isEqualTo("by the other");
        assertThat(redis.job(job.id())).doesNotContainKey("recoveries");
    }

    @Test
    void aCodecThatThrowsAnythingFailsTheJob() {
        JobClient client = JobClient.connect(
                RedisEndpoint.of(RedisExtension.uri()), new JobClientOptions(redis.prefix(), new Broken(), false));
        JobHandle<String> broken = enqueue("x");
        JobHandle<String> next = enqueue("fine");

        assertThat(drain(worker(client).handle(ACT, script).concurrency(1))).isEqualTo(2);

        assertThat(trace(broken)).contains("UnsupportedOperationException: not today");
        assertThat(get(next.result())).isEqualTo("fine");
        RedisExtension.close(client);
    }

    /** Puts a job into the queue as others might, and sees it fail and the next one succeed. */
    private void failsWith(Map<String, String> hash, String text) {
        JobId id = JobId.random();
        redis.commands().hset(redis.key("job:" + id), hash);
        redis.commands().rpush(redis.key("queue:" + QUEUE), id.value());
        JobHandle<String> next = enqueue("next");

        assertThat(drain(worker().handle(NUMBER, number -> Mono.just("" + number))
                        .concurrency(1)))
                .isEqualTo(2);

        assertThat(trace(jobs.job(id, String.class))).contains(text);
        assertThat(get(next.result())).isEqualTo("next");
        assertThat(redis.ttl("job:" + id)).isPositive();
        assertThat(held(QUEUE)).isEmpty();
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    /** A codec of the application's own that does not do what it should. */
    private static final class Broken implements PayloadCodec {
        private final PayloadCodec good = JacksonCodec.create();
        private boolean used;

        @Override
        public byte[] encodeCall(String task, @Nullable Object input, boolean named) {
            return good.encodeCall(task, input, named);
        }

        @Override
        public synchronized Call decodeCall(byte[] data) {
            if (!used) {
                used = true;
                throw new UnsupportedOperationException("not today");
            }
            return good.decodeCall(data);
        }

        @Override
        public byte[] encodeValue(@Nullable Object value) {
            return good.encodeValue(value);
        }

        @Override
        public <T> @Nullable T decodeValue(byte[] bytes, Type type) {
            return good.decodeValue(bytes, type);
        }
    }
}
