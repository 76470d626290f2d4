package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.job.JobException;
import dev.rq4j.job.TypeRef;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawCodecTest {

    private static final byte[] EVERY_BYTE = everyByte();

    private final RawCodec codec = RawCodec.create();

    @Test
    void readsBackTheBytesThatItWrote() {
        PayloadCodec.Call call = codec.decodeCall(codec.encodeCall("image.resize", EVERY_BYTE, false));

        assertThat(call.task()).isEqualTo("image.resize");
        assertThat(call.<byte[]>input(byte[].class)).isEqualTo(EVERY_BYTE);
        assertThat(call.<byte[]>input(new TypeRef<byte[]>() {}.type())).isEqualTo(EVERY_BYTE);
        assertThat(codec.<byte[]>decodeValue(codec.encodeValue(EVERY_BYTE), byte[].class))
                .isEqualTo(EVERY_BYTE);
    }

    @Test
    void textIsBytesInUtf8() {
        String text = "ключ\n\uD83D\uDE00";
        PayloadCodec.Call call = codec.decodeCall(codec.encodeCall("say", text, false));

        assertThat(call.<String>input(String.class)).isEqualTo(text);
        assertThat(call.<byte[]>input(byte[].class)).isEqualTo(text.getBytes(UTF_8));
        assertThat(codec.encodeValue(text)).isEqualTo(text.getBytes(UTF_8));
        assertThat(codec.<String>decodeValue(text.getBytes(UTF_8), String.class))
                .isEqualTo(text);
    }

    @Test
    void anEmptyInputIsNotNone() {
        PayloadCodec.Call empty = codec.decodeCall(codec.encodeCall("say", "", false));
        PayloadCodec.Call none = codec.decodeCall(codec.encodeCall("say", null, false));

        assertThat(empty.<String>input(String.class)).isEmpty();
        assertThat(none.<Object>input(Void.class)).isNull();
        assertThat(none.task()).isEqualTo("say");
        assertThatThrownBy(() -> none.input(String.class))
                .isInstanceOf(JobException.Unreadable.class)
                .hasMessage("expected the input as java.lang.String, but none came");
    }

    @Test
    void otherTypesAreRefusedByName() {
        assertThatThrownBy(() -> codec.encodeCall("say", List.of("secret"), false))
                .isInstanceOf(JobException.Unwritable.class)
                .hasMessageStartingWith("the input of say must be a byte[] or a String for this codec, but is a java.")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> codec.encodeValue(7)).isInstanceOf(JobException.Unwritable.class);
        assertThatThrownBy(() -> codec.decodeValue(EVERY_BYTE, Integer.class))
                .isInstanceOf(JobException.Unreadable.class)
                .hasMessage("the result can be read as byte[] or String by this codec, but not as java.lang.Integer");
        assertThatThrownBy(() -> codec.encodeCall("say", "x", true))
                .isInstanceOf(JobException.Unwritable.class)
                .hasMessageContaining("named arguments");
    }

    @Test
    void bytesThatAreNoTextAreNotReadAsText() {
        assertThatThrownBy(() -> codec.decodeValue(EVERY_BYTE, String.class))
                .isInstanceOf(JobException.Unreadable.class)
                .hasMessage("the result is not text in UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\nx", "nnnnnnnnnnnnnnnn"})
    void whatDoesNotBeginWithATaskIsUnreadable(String data) {
        byte[] bytes = data.repeat(data.length() > 2 ? 20 : 1).getBytes(UTF_8);

        assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> codec.decodeCall(bytes));
    }

    @Test
    void limitsAreKeptInBothDirections() {
        RawCodec small = codec.withMaxPayloadBytes(10).withMaxResultBytes(3);

        assertThat(small.maxPayloadBytes()).isEqualTo(10);
        assertThat(small.maxResultBytes()).isEqualTo(3);
        assertThat(small.encodeCall("say", "123456", false)).hasSize(10);
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> small.encodeCall("say", "1234567", false));
        assertThatExceptionOfType(JobException.TooLarge.class).isThrownBy(() -> small.decodeCall(new byte[11]));
        assertThatExceptionOfType(JobException.TooLarge.class).isThrownBy(() -> small.encodeValue("1234"));
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> small.decodeValue(new byte[4], byte[].class));
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> codec.withMaxPayloadBytes(17 << 20));
    }

    private static byte[] everyByte() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
