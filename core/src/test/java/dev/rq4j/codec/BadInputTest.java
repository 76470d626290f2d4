package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.TypeRef;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class BadInputTest {

    private static final String SECRET = "hunter2";

    private final JacksonCodec codec = JacksonCodec.create();

    enum Color {
        RED
    }

    record Account(int age, Instant since, Color color, UUID id, Strict strict, List<Account> friends) {}

    record Strict(String text) {
        Strict {
            throw new IllegalArgumentException("I refuse " + text);
        }
    }

    static final class Opaque {}

    static final class Failing {
        public String getText() {
            throw new IllegalStateException(SECRET);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                              | the call must be an array, but an object came
                    'x'                             | is not JSON, at byte
                    ''                              | the call must be an array, but nothing came
                    []                              | the name of the task must be a string
                    [1, null, [], {}]               | the name of the task must be a string, but a number came
                    ["", null, [], {}]              | must have 1 to 256 characters
                    ["t"]                           | the instance must be null
                    ["t", null]                     | the arguments must be an array, but the end of the array came
                    ["t", null, 5, {}]              | the arguments must be an array, but a number came
                    ["t", null, []]                 | the named arguments must be an object
                    ["t", null, [], []]             | the named arguments must be an object, but an array came
                    ["t", null, [], null]           | the named arguments must be an object, but null came
                    ["t", null, [], {}, 1]          | the end of the call must be the end of the array, but a number
                    ["t", {"a": 1}, [], {}]         | methods of instances are not supported
                    ["t", null, [], {}] []          | something follows its end
                    ["t", null, [], {}] x           | is not JSON, at byte
                    ["t", null, [], {}              | is JSON that ends too early
                    ["t", null, [{"a": "b           | is JSON that ends too early
                    ["t", null, [{"a": 1, "a": 2}], {}] | has an object with the same field twice
                    ["t", null, [], {"a": 1, "a": 2}]   | has an object with the same field twice
                    ["t", null, ['a'], {}]          | is not JSON
                    ["t", null, [1,], {}]           | is not JSON
                    """)
    void saysWhyItIsNoCall(String data, String why) {
        refuses(data.getBytes(UTF_8), why);
    }

    @Test
    void refusesOtherEncodings() {
        refuses(new byte[] {(byte) 0x80, 5, (byte) 0x95}, "the payload is pickled data: use RQ's JSONSerializer");
        refuses(new byte[0], "but nothing came");
        refuses("[\"t\", null, [\"\u00e9\"], {}]".getBytes(ISO_8859_1), "is not JSON");
        refuses(("[\"t\", null, [" + "[".repeat(10_000) + "]".repeat(10_000) + "], {}]").getBytes(UTF_8), "too deep");
        refuses(("[\"t\", null, [" + "9".repeat(5_000) + "], {}]").getBytes(UTF_8), "a number or a name too long");
        refuses(("[\"" + "t".repeat(257) + "\", null, [], {}]").getBytes(UTF_8), "must have 1 to 256 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"age\": \"hunter2\"}",
                "{\"age\": {\"hunter2\": 1}}",
                "{\"since\": \"hunter2\"}",
                "{\"color\": \"hunter2\"}",
                "{\"id\": \"hunter2\"}",
                "{\"strict\": {\"text\": \"hunter2\"}}",
                "{\"friends\": [{\"age\": 1}, {\"age\": \"hunter2\"}]}",
                "\"hunter2\"",
                "[\"hunter2\"]",
            })
    void keepsDataOutOfErrors(String json) {
        secret(json, Account.class);
        secret(json, new TypeRef<Map<String, Integer>>() {}.type());
        secret("{\"hunter2\": " + json + "}", new TypeRef<Map<String, Account>>() {}.type());
        secret(json + "}", Account.class);
        secret(json.substring(0, json.length() - 1), Account.class);
        secret("{\"hunter2\": 1, \"hunter2\": hunter2}", Account.class);
    }

    @Test
    void keepsNumbersOutOfErrors() {
        byte[] big = "[\"t\", null, [12345678901234567890], {}]".getBytes(UTF_8);
        PayloadCodec.Call call = codec.decodeCall(big);
        assertThat(call.<BigInteger>input(BigInteger.class)).isEqualTo("12345678901234567890");
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> call.input(int.class))
                .withMessage("cannot read the input as int: expected int, but a number came that does not fit")
                .withNoCause();
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> codec.decodeValue("12345678901234567890".getBytes(UTF_8), long.class))
                .withMessage("cannot read the result as long: expected long, but a number came that does not fit");
    }

    @Test
    void namesThePlace() {
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> value("{\"friends\": [{\"age\": 1}, {\"age\": \"x\"}]}", Account.class))
                .withMessageContaining("at friends[1].age: expected int, but a string came that is not one");
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> value("{\"strict\": {\"text\": \"x\"}}", Account.class))
                .withMessageContaining("at strict: java.lang.IllegalArgumentException was thrown at ")
                .withMessageContaining("BadInputTest$Strict.<init>(BadInputTest.java:");
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> value("{\"key\": 1}", new TypeRef<Map<String, Account>>() {}.type()))
                .withMessageContaining("at *: expected ");
        JacksonCodec strict = JacksonCodec.of(JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build());
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> strict.decodeValue("{\"age\": 1, \"agee\": 1}".getBytes(UTF_8), Account.class))
                .withMessageContaining("at agee: the type has no such field");
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> value("{}", Runnable.class))
                .withMessageContaining("there is no way to make java.lang.Runnable from JSON");
    }

    @Test
    void refusesResultsThatAreNotOneValue() {
        for (String json : List.of("", " ", "1 2", "{\"a\": 1}}", "nul", "{", "'a'", "[".repeat(10_000))) {
            assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> value(json, Object.class));
        }
    }

    @Test
    void saysWhatCannotBeWritten() {
        unwritable(() -> codec.encodeValue(new Opaque()), "there is no way to write " + Opaque.class.getName());
        unwritable(() -> codec.encodeCall("t", new Failing(), false), "at text: java.lang.IllegalStateException was");
        unwritable(() -> codec.encodeCall("t", Map.of(SECRET, new Failing()), true), "at *.text: java.lang.Illegal");
        unwritable(
                () -> codec.encodeCall("t", List.of(1), true), "named arguments need an input that is a JSON object");
        unwritable(() -> codec.encodeCall("t", SECRET, true), "but java.lang.String is not");
        List<Object> self = new ArrayList<>();
        self.add(self);
        unwritable(() -> codec.encodeValue(self), "is nested too deep or holds itself");
    }

    @Test
    void survivesAnyBytes() {
        Random random = new Random(4);
        byte[] good = codec.encodeCall("t", Map.of("a", List.of(1, 2.5, "x", true)), true);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                codec.decodeCall(bad).input(new TypeRef<Map<String, Object>>() {}.type());
            } catch (JobException.Unreadable expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }

    private Object value(String json, Type type) {
        return codec.decodeValue(json.getBytes(UTF_8), type);
    }

    private void refuses(byte[] data, String why) {
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> codec.decodeCall(data))
                .withMessageContaining(why)
                .withNoCause();
    }

    private void secret(String json, Type type) {
        assertNoSecret(catchThrowableOfType(JobException.Unreadable.class, () -> value(json, type)));
        byte[] call = ("[\"t\", null, [" + json + "], {}]").getBytes(UTF_8);
        assertNoSecret(catchThrowableOfType(
                JobException.Unreadable.class, () -> codec.decodeCall(call).input(type)));
    }

    private static void unwritable(Runnable writing, String why) {
        JobException.Unwritable error = catchThrowableOfType(JobException.Unwritable.class, writing::run);
        assertThat(error).hasMessageContaining(why);
        assertNoSecret(error);
    }

    private static void assertNoSecret(Throwable error) {
        assertThat(error).isNotNull();
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain(SECRET);
    }
}
