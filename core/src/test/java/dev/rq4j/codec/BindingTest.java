package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.rq4j.job.JobException;
import dev.rq4j.job.TypeRef;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How the arguments of a call become the one input of a handler. */
class BindingTest {

    record Point(int x, int y) {}

    record Named(@Nullable String name) {}

    record Tags(List<String> tags) {}

    record UserId(@JsonValue String value) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        UserId {}
    }

    record Renamed(@JsonProperty("from") String sender, String to) {}

    record Nothing() {}

    static final class Bean {
        public int x;
        public int y;
    }

    @Test
    void bindsNothingToVoidOnly() {
        assertThat(this.<Object>bind("[], {}", Void.class)).isNull();
        assertThat(this.<Object>bind("[], {}", void.class)).isNull();
        assertThat(this.<Object>bind("[1, 2], {\"a\": 3}", Void.class)).isNull();
        assertThat(this.<Nothing>bind("[], {}", Nothing.class)).isEqualTo(new Nothing());
        refuses("[], {}", Point.class, "expected an argument of type " + Point.class.getName() + ", but none came");
        refuses("[], {}", String.class, "expected an argument of type java.lang.String, but none came");
    }

    @Test
    void bindsOneArgument() {
        assertThat(this.<Point>bind("[{\"x\": 1, \"y\": 2}], {}", Point.class)).isEqualTo(new Point(1, 2));
        assertThat(this.<Point>bind("[{\"x\": 1, \"y\": 2, \"z\": [3]}], {}", Point.class))
                .isEqualTo(new Point(1, 2));
        assertThat(this.<String>bind("[\"a\"], {}", String.class)).isEqualTo("a");
        assertThat(this.<String>bind("[null], {}", String.class)).isNull();
        assertThat(this.<int[]>bind("[[1, 2]], {}", int[].class)).containsExactly(1, 2);
        assertThat(this.<List<Point>>bind("[[{\"x\": 1, \"y\": 2}]], {}", new TypeRef<List<Point>>() {}.type()))
                .containsExactly(new Point(1, 2));
        refuses("[5], {}", Point.class, "expected " + Point.class.getTypeName() + ", but a number came");
        refuses("[null], {}", int.class, "expected int, but null came");
    }

    @Test
    void bindsABareValueToARecordOfOne() {
        assertThat(this.<Named>bind("[\"a\"], {}", Named.class)).isEqualTo(new Named("a"));
        assertThat(this.<Named>bind("[null], {}", Named.class)).isEqualTo(new Named(null));
        assertThat(this.<Named>bind("[{\"name\": \"a\"}], {}", Named.class)).isEqualTo(new Named("a"));
        assertThat(this.<Tags>bind("[[\"a\", \"b\"]], {}", Tags.class)).isEqualTo(new Tags(List.of("a", "b")));
        refuses("[[1]], {}", Named.class, "at name: expected java.lang.String, but an array came");
    }

    @Test
    void bindsArgumentsToComponents() {
        assertThat(this.<Point>bind("[1, 2], {}", Point.class)).isEqualTo(new Point(1, 2));
        assertThat(this.<Point>bind("[1], {\"y\": 2}", Point.class)).isEqualTo(new Point(1, 2));
        assertThat(this.<Renamed>bind("[\"a\", \"b\"], {}", Renamed.class)).isEqualTo(new Renamed("a", "b"));
        assertThat(this.<Renamed>bind("[\"a\"], {\"to\": \"b\"}", Renamed.class))
                .isEqualTo(new Renamed("a", "b"));
        refuses("[1, 2, 3], {}", Point.class, "expected at most 2 positional arguments, but 3 came");
        refuses("[1], {\"x\": 2}", Point.class, "\"x\" came both by position and by name");
        refuses("[\"a\"], {\"from\": \"b\"}", Renamed.class, "\"from\" came both by position and by name");
        refuses("[1, \"b\"], {}", Point.class, "at y: expected int, but a string came that is not one");
    }

    @Test
    void bindsNamedArguments() {
        assertThat(this.<Point>bind("[], {\"y\": 2, \"x\": 1}", Point.class)).isEqualTo(new Point(1, 2));
        assertThat(this.<Bean>bind("[], {\"y\": 2, \"x\": 1}", Bean.class).y).isEqualTo(2);
        assertThat(this.<Map<String, Integer>>bind("[], {\"y\": 2}", new TypeRef<Map<String, Integer>>() {}.type()))
                .containsEntry("y", 2);
        refuses("[], {\"y\": 2}", String.class, "expected java.lang.String, but an object came");
    }

    @Test
    void bindsSeveralArgumentsToWhatHoldsSeveral() {
        assertThat(this.<int[]>bind("[1, 2], {}", int[].class)).containsExactly(1, 2);
        assertThat(this.<Collection<Long>>bind("[1, 2], {}", new TypeRef<Collection<Long>>() {}.type()))
                .containsExactly(1L, 2L);
        assertThat(this.<JsonNode>bind("[1, 2], {}", JsonNode.class)).hasToString("[1,2]");
        assertThat(this.<Object>bind("[1, \"b\"], {}", Object.class)).isEqualTo(List.of(1, "b"));
        refuses("[1, 2], {}", Bean.class, "but 2 positional and 0 named came");
        refuses("[1, 2], {\"a\": 1}", int[].class, "but 2 positional and 1 named came");
    }

    @Test
    void bindsARecordThatIsWrittenAsItsValue() {
        UserId id = new UserId("a");
        JacksonCodec codec = JacksonCodec.create();
        byte[] data = codec.encodeCall("t", id, false);
        assertThat(data).asString().contains("[\"a\"]");
        assertThat(codec.decodeCall(data).<UserId>input(UserId.class)).isEqualTo(id);
    }

    private <T> T bind(String arguments, Type type) {
        byte[] data = ("[\"t\", null, " + arguments + "]").getBytes(UTF_8);
        return JacksonCodec.create().decodeCall(data).input(type);
    }

    private void refuses(String arguments, Type type, String why) {
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> bind(arguments, type))
                .withMessageContaining(why)
                .withNoCause();
    }
}
