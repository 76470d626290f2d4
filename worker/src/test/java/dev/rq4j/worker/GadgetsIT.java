package dev.rq4j.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** What data names is not loaded and not made, wherever it names it. */
class GadgetsIT extends Scene {

    private static final String GADGET = "dev.rq4j.worker.Gadget";
    private static final Task<Object, Object> ANYTHING = Task.of("tests.anything", Object.class, Object.class);
    private static final Task<Open, Object> OPEN = Task.of("tests.open", Open.class, Object.class);

    /** As open as a type can be. */
    record Open(Object any, List<Object> list, Map<String, Object> map, Throwable error, Number number) {}

    static Stream<String> payloads() {
        List<String> payloads = new ArrayList<>();
        for (String name : List.of(GADGET, "java.lang.ProcessBuilder", "javax.naming.InitialContext")) {
            String object = "{\"@class\": \"" + name + "\", \"@type\": \"" + name + "\", \"@c\": \"" + name
                    + "\", \"class\": \"" + name + "\", \"py/object\": \"" + name + "\", \"command\": \"id\"}";
            String array = "[\"" + name + "\", {\"command\": \"id\"}]";
            for (String value : List.of(object, array, "\"" + name + "\"")) {
                payloads.add("[\"tests.anything\", null, [" + value + "], {}]");
                payloads.add("[\"tests.anything\", null, [], {\"any\": " + value + "}]");
                for (String field : List.of("any", "list", "map", "error", "number")) {
                    payloads.add("[\"tests.open\", null, [{\"" + field + "\": " + value + "}], {}]");
                    payloads.add("[\"tests.open\", null, [], {\"" + field + "\": [" + value + "]}]");
                }
                payloads.add("[\"tests.open\", " + value + ", [], {}]");
            }
            payloads.add("[\"" + name + "\", null, [\"id\"], {}]");
            payloads.add("[\"" + name + ".start\", null, [], {}]");
            payloads.add("[\"" + name + ".<init>\", null, [], {}]");
            // What Python's pickle and Java's own serialisation begin with.
            payloads.add("\u0080\u0004\u0095c" + name.replace('$', '.') + "\nsystem\n(S'id'\ntR.");
            payloads.add("c" + name + "\nsystem\n(S'id'\ntR.");
            payloads.add("\u00ac\u00ed\u0000\u0005sr\u0000" + (char) name.length() + name);
        }
        return payloads.stream();
    }

    @Test
    void aTypeThatIsOpenIsMadeOfNothingButWhatJsonIs() {
        JobHandle<Object> job =
                put("open", Map.of("data", "[\"tests.anything\", null, [{\"@class\": \"" + GADGET + "\"}], {}]"));

        work();

        assertThat(get(job.result())).isEqualTo(Map.of("@class", GADGET));
        untouched();
    }

    @Test
    void payloadsAndResultsAndFieldsMakeNothing() {
        int i = 0;
        for (String payload : payloads().toList()) {
            put("plain-" + i, Map.of("data", payload));
            byte[] deflated = Zlib.deflate(payload.getBytes(StandardCharsets.UTF_8));
            put("deflated-" + i++, Map.of("data", new String(deflated, ISO_8859_1)));
            put(
                    "field-" + i,
                    Map.of(
                            "data", "[\"tests.fail\", null, [], {}]",
                            "retries_left", "1",
                            "retry_only", "[\"" + GADGET + "\"]",
                            "retry_never", "[\"" + GADGET + "\"]",
                            "serializer", GADGET,
                            "success_callback_name", GADGET,
                            "instance", payload,
                            "meta", payload,
                            "exc_info", payload));
        }
        put("good", Map.of("data", "[\"tests.anything\", null, [1], {}]"));

        work();

        assertThat(get(jobs.job(JobId.of("good"), Object.class).result())).isEqualTo(1);
        assertThat(redis.queue(QUEUE)).isEmpty();
        untouched();
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void whoReadsAResultOrMetadataMakesNothing(String payload) {
        JobHandle<Object> job = put("job", Map.of("data", payload, "meta", payload));
        redis.commands().hset(redis.key("job:job"), "status", "finished");
        String value = Base64.getEncoder().encodeToString(payload.getBytes(ISO_8859_1));
        redis.commands().xadd(redis.key("results:job"), Map.of("type", "1", "return_value", value));

        await(job.result().onErrorComplete());
        await(jobs.job(job.id(), Open.class).result().onErrorComplete());
        await(job.input(Object.class).onErrorComplete());
        await(job.meta().onErrorComplete());
        await(job.snapshot().onErrorComplete());

        untouched();
    }

    private JobHandle<Object> put(String id, Map<String, String> hash) {
        redis.commands().hset(redis.key("job:" + id), hash);
        redis.commands().hset(redis.key("job:" + id), Map.of("status", "queued", "origin", QUEUE));
        redis.commands().rpush(redis.key("queue:" + QUEUE), id);
        return jobs.job(JobId.of(id), Object.class);
    }

    private void work() {
        drain(worker(jobs)
                .handle(ANYTHING, input -> Mono.justOrEmpty(input))
                .handle(OPEN, input -> Mono.justOrEmpty(input.any())));
    }

    /** The property is set by whoever initialises the class; whether it is loaded, the JVM knows. */
    private static void untouched() {
        assertThat(System.getProperty("rq4j.test.gadget")).isNull();
        assertThat(LoadedClasses.ofThisJvm())
                .contains(GadgetsIT.class.getName())
                .doesNotContain(GADGET);
    }
}
