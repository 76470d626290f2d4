package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.rq4j.job.JobException;
import dev.rq4j.job.TypeRef;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

class JacksonCodecTest {

    private final JacksonCodec codec = JacksonCodec.create();

    record Email(String to, List<String> tags, Instant at, Optional<Duration> in) {}

    record Point(int x, int y) {}

    record Nothing() {}

    record KeyAndOne(int x, int y, @JsonProperty("ключ") String key) {}

    @Test
    void writesACallAsPythonReadsIt() {
        assertThat(codec.encodeCall("jobs.add", 7, false)).asString().isEqualTo("[\"jobs.add\",null,[7],{}]");
        assertThat(codec.encodeCall("jobs.none", null, false)).asString().isEqualTo("[\"jobs.none\",null,[],{}]");
        assertThat(codec.encodeCall("jobs.none", null, true)).asString().isEqualTo("[\"jobs.none\",null,[],{}]");
        assertThat(codec.encodeCall("draw", new Point(1, 2), false))
                .asString()
                .isEqualTo("[\"draw\",null,[{\"x\":1,\"y\":2}],{}]");
        assertThat(codec.encodeCall("draw", new Point(1, 2), true))
                .asString()
                .isEqualTo("[\"draw\",null,[],{\"x\":1,\"y\":2}]");
        assertThat(codec.encodeCall("draw", Map.of("z", Double.NaN), true))
                .asString()
                .isEqualTo("[\"draw\",null,[],{\"z\":NaN}]");
    }

    @Test
    void readsBackWhatItWrote() {
        Email email = new Email(
                "ключ@пример \uD83D\uDE00",
                List.of("a", "\"\\\n\u0000"),
                Instant.parse("2026-11-23T05:23:46.473662Z"),
                Optional.of(Duration.ofSeconds(90)));
        byte[] positional = codec.encodeCall("email.send", email, false);
        byte[] named = codec.encodeCall("email.send", email, true);
        assertThat(positional).asString().contains("\"2026-11-23T05:23:46.473662Z\"", "\"PT1M30S\"");
        assertThat(codec.decodeCall(positional).task()).isEqualTo("email.send");
        assertThat(codec.decodeCall(positional).<Email>input(Email.class)).isEqualTo(email);
        assertThat(codec.decodeCall(named).<Email>input(Email.class)).isEqualTo(email);
        assertThat(codec.<Email>decodeValue(codec.encodeValue(email), Email.class))
                .isEqualTo(email);
        byte[] nothing = codec.encodeCall("ping", new Nothing(), true);
        assertThat(codec.decodeCall(nothing).<Nothing>input(Nothing.class)).isEqualTo(new Nothing());
    }

    /** The hex dumps are of what RQ 2.10 wrote. */
    @Test
    void readsValuesOfPython() {
        record Sum(int x, int y) {}
        String seven = "789c8b56caca4f2ad64b4c4951d251c82bcdc9d15188368fd551a8ae8d050078760888";
        assertThat(codec.decodeCall(inflate(seven)).task()).isEqualTo("jobs.add");
        assertThat(codec.decodeCall(inflate(seven)).<Integer>input(Integer.class))
                .isEqualTo(7);
        String full = "789c8b56caca4f2ad64b4c4951d251c82bcdc9d15188368cd551a856aa54b25230d251508a293530314e04934920d22"
                + "4154c9a03a52172e66032054c1a40e56a63016b86189d";
        assertThat(codec.decodeCall(inflate(full)).<KeyAndOne>input(KeyAndOne.class))
                .isEqualTo(new KeyAndOne(1, 2, "знач"));
        String add = "789c8b56caca4f2ad64b4c4951d251c82bcdc9d15188368cd551a856aa54b25230aa8d0500ad9f09cb";
        assertThat(codec.decodeCall(inflate(add)).<Sum>input(Sum.class)).isEqualTo(new Sum(1, 2));
        String none = "789c8b56caca4f2ad6cbcbcf4b55d251c82bcdc9d151888ed551a8ae8d05007d6308d8";
        assertThat(codec.decodeCall(inflate(none)).<Void>input(Void.class)).isNull();
        String boom =
                "789c8b56caca4f2ad64bcacfcf55d251c82bcdc9d15188568a293530314e039126c66076a252ac8e42756d2c0061940e4c";
        assertThat(codec.decodeCall(inflate(boom)).<String>input(String.class)).isEqualTo("пук");
        byte[] raw = "[\"jobs.add\", null, [1], {\"y\": 2}]".getBytes(UTF_8);
        assertThat(codec.decodeCall(raw).<Sum>input(Sum.class)).isEqualTo(new Sum(1, 2));

        byte[] value = "{\"a\": [1, 2.5, null, true], \"s\": \"\\u043f\"}".getBytes(UTF_8);
        Map<String, Object> map = codec.decodeValue(value, new TypeRef<Map<String, Object>>() {}.type());
        assertThat(map).containsEntry("s", "п");
        assertThat((List<?>) map.get("a")).hasSize(4);
        assertThat(codec.<Integer>decodeValue("3".getBytes(UTF_8), Integer.class))
                .isEqualTo(3);
        assertThat(codec.<Integer>decodeValue("null".getBytes(UTF_8), Integer.class))
                .isNull();
        assertThat(codec.<Void>decodeValue("\"anything".getBytes(UTF_8), Void.class))
                .isNull();
    }

    @Test
    void readsNumbersThatOnlyPythonWrites() {
        String digits = "9".repeat(4300);
        byte[] data = ("[\"n\", null, [[NaN, -Infinity, " + digits + ", 0.10]], {}]").getBytes(UTF_8);
        List<BigDecimal> exact = codec.decodeCall(("[\"n\", null, [[" + digits + ", 0.10]], {}]").getBytes(UTF_8))
                .input(new TypeRef<List<BigDecimal>>() {}.type());
        assertThat(exact).containsExactly(new BigDecimal(digits), new BigDecimal("0.10"));
        assertThat(codec.decodeCall(data).<List<Object>>input(new TypeRef<List<Object>>() {}.type()))
                .containsExactly(Double.NaN, Double.NEGATIVE_INFINITY, new BigInteger(digits), 0.1);
        assertThat(codec.<Double>decodeValue("NaN".getBytes(UTF_8), double.class))
                .isNaN();
        assertThat(codec.<BigInteger>decodeValue(codec.encodeValue(new BigInteger(digits)), BigInteger.class))
                .isEqualTo(digits);
    }

    @Test
    void followsTheUsersMapper() {
        record Order(String customerName, int itemCount) {}
        JacksonCodec snake = JacksonCodec.of(JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build());
        Order order = new Order("n", 2);
        assertThat(snake.encodeCall("o", order, true)).asString().contains("\"customer_name\":\"n\"");
        assertThat(snake.decodeCall(snake.encodeCall("o", order, true)).<Order>input(Order.class))
                .isEqualTo(order);
        byte[] mixed = "[\"o\", null, [\"n\"], {\"item_count\": 2}]".getBytes(UTF_8);
        assertThat(snake.decodeCall(mixed).<Order>input(Order.class)).isEqualTo(order);
        assertThat(snake.<Double>decodeValue("NaN".getBytes(UTF_8), Double.class))
                .isNaN();
        JacksonCodec indented = JacksonCodec.of(JsonMapper.builder()
                .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
                .build());
        assertThat(indented.decodeCall(indented.encodeCall("o", order, true)).<Order>input(Order.class))
                .isEqualTo(order);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface Shape {}

    record Circle(int r) implements Shape {}

    @Test
    void letsNoDataNameAClass() {
        JsonMapper typing = JsonMapper.builder()
                .activateDefaultTyping(BasicPolymorphicTypeValidator.builder()
                        .allowIfSubType("dev.rq4j")
                        .build())
                .build();
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> JacksonCodec.of(typing));
        byte[] circle = ("{\"@class\":\"" + Circle.class.getName() + "\",\"r\":1}").getBytes(UTF_8);
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> codec.decodeValue(circle, Shape.class));
    }

    @Test
    void limitsWhatItReadsAndWrites() {
        JacksonCodec small = codec.withMaxPayloadBytes(40).withMaxResultBytes(20);
        assertThat(small.maxPayloadBytes()).isEqualTo(40);
        assertThat(small.maxResultBytes()).isEqualTo(20);
        byte[] fits = small.encodeCall("t", "x".repeat(22), false);
        assertThat(fits).hasSize(40);
        assertThat(small.decodeCall(fits).<String>input(String.class)).hasSize(22);
        assertThat(small.encodeValue("x".repeat(18))).hasSize(20);
        for (int over : List.of(23, 10_000, 1_000_000)) {
            assertThatExceptionOfType(JobException.TooLarge.class)
                    .isThrownBy(() -> small.encodeCall("t", "x".repeat(over), false))
                    .withMessage("the payload is limited to 40 bytes, but is larger");
            assertThatExceptionOfType(JobException.TooLarge.class)
                    .isThrownBy(() -> small.encodeCall("t", Map.of("k", List.of("x".repeat(over))), true));
            assertThatExceptionOfType(JobException.TooLarge.class)
                    .isThrownBy(() -> small.encodeValue("x".repeat(over)));
        }
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> small.decodeCall(new byte[41]))
                .withMessage("the payload is limited to 40 bytes, but has 41");
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> small.decodeValue(new byte[21], String.class));
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> codec.withMaxPayloadBytes(JacksonCodec.HARD_MAX_BYTES + 1));
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> codec.withMaxResultBytes(0));
    }

    @Test
    void stopsWritingAtTheLimit() {
        int[] taken = {0};
        Iterable<String> endless = () -> new java.util.Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                taken[0]++;
                return "x".repeat(1000);
            }
        };
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> codec.withMaxResultBytes(100_000).encodeValue(endless));
        assertThat(taken[0]).isLessThan(120);
    }

    private static byte[] inflate(String hex) {
        return Zlib.inflate(HexFormat.of().parseHex(hex), 1000, "the payload");
    }
}
