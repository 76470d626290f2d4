package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ErrorTextTest {

    @Test
    void showsCausesAndSuppressed() {
        Exception error = new IllegalStateException("outer", new IllegalArgumentException("inner"));
        error.addSuppressed(new RuntimeException("beside"));
        assertThat(ErrorText.of(error))
                .startsWith("java.lang.IllegalStateException: outer\n\tat dev.rq4j.codec.ErrorTextTest.")
                .contains("Suppressed: java.lang.RuntimeException: beside")
                .contains("Caused by: java.lang.IllegalArgumentException: inner")
                .doesNotContain("\n...\n");
    }

    @Test
    void keepsHeadAndTailOfALongOne() {
        String text = ErrorText.of(new RuntimeException("x".repeat(10_000_000), new RuntimeException("the reason")));
        assertThat(text)
                .hasSizeLessThanOrEqualTo(16 * 1024)
                .startsWith("java.lang.RuntimeException: xxx")
                .contains("xx\n...\n")
                .contains("Caused by: java.lang.RuntimeException: the reason");
        Throwable deep = new RuntimeException("the first");
        for (int i = 0; i < 500; i++) {
            deep = new RuntimeException("level " + i, deep);
        }
        assertThat(ErrorText.of(deep))
                .hasSizeLessThanOrEqualTo(16 * 1024)
                .startsWith("java.lang.RuntimeException: level 499")
                .contains("\n...\n")
                .contains("Caused by: java.lang.RuntimeException: the first");
    }

    @Test
    void survivesBrokenErrors() {
        class Broken extends RuntimeException {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        }
        class Worse extends Broken {
            @Override
            public StackTraceElement[] getStackTrace() {
                throw new StackOverflowError();
            }

            @Override
            public String toString() {
                throw new AssertionError();
            }
        }
        assertThat(ErrorText.of(new Broken()))
                .startsWith(Broken.class.getName() + ": the rest of the error could not be read, because of "
                        + "java.lang.IllegalStateException\n\tat dev.rq4j.codec.ErrorTextTest.survivesBrokenErrors");
        assertThat(ErrorText.of(new RuntimeException("outer", new Worse())))
                .startsWith("java.lang.RuntimeException: outer\n\tat ")
                .contains("could not be read, because of java.lang.AssertionError");
        assertThat(ErrorText.of(new Worse())).contains("could not be read");
        Exception cycle = new Exception("a");
        cycle.initCause(new Exception("b", cycle));
        assertThat(ErrorText.of(cycle)).contains("CIRCULAR REFERENCE");
        Throwable endless = new RuntimeException("first");
        for (int i = 0; i < 100_000; i++) {
            endless = new RuntimeException("level", endless);
        }
        assertThat(ErrorText.of(endless)).startsWith("java.lang.RuntimeException: level");
    }

    @Test
    void readsBackItsField() {
        for (String text : new String[] {"", "пук \uD83D\uDE00\n\tat x", "x".repeat(16 * 1024)}) {
            byte[] field = ErrorText.encode(text);
            assertThat(new String(field, US_ASCII)).matches("[A-Za-z0-9+/]+=*");
            assertThat(ErrorText.decode(field)).isEqualTo(text);
        }
        byte[] python =
                Base64.getEncoder().encode(Zlib.deflate("Traceback (most recent call last):\n".getBytes(UTF_8)));
        assertThat(ErrorText.decode(python)).startsWith("Traceback");
        assertThat(ErrorText.decode("eJwDAAAAAAE=".getBytes(US_ASCII))).isEmpty();
    }

    @Test
    void readsWhatCanBeRead() {
        byte[] text = "Traceback: пук".getBytes(UTF_8);
        assertThat(ErrorText.decode(text)).isEqualTo("Traceback: пук");
        assertThat(ErrorText.decode(Zlib.deflate(text))).isEqualTo("Traceback: пук");
        assertThat(ErrorText.decode(Base64.getEncoder().encode(text))).isEqualTo("Traceback: пук");
        assertThat(ErrorText.decode(new byte[0])).isEmpty();
        assertThat(ErrorText.decode(new byte[] {(byte) 0x80, 5, 0}))
                .isEqualTo("the recorded error could not be read: its 3 bytes are no text");
        byte[] long1 = ErrorText.encode(random(20_000));
        assertThat(ErrorText.decode(Arrays.copyOf(long1, long1.length / 2))).hasSizeGreaterThan(1000);
        assertThat(ErrorText.decode(ErrorText.encode("x".repeat(50 << 20)))).hasSize(1 << 20);
        assertThat(ErrorText.decode(ErrorText.encode(random(5 << 20)))).hasSizeBetween(1 << 19, 1 << 20);
    }

    @Test
    void survivesAnyBytes() {
        Random random = new Random(2);
        byte[] good = ErrorText.encode(random(300));
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length));
            for (int change = random.nextInt(3); change > 0 && bad.length > 0; change--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            assertThat(ErrorText.decode(bad)).isNotNull();
        }
    }

    private static String random(int length) {
        StringBuilder text = new StringBuilder();
        new Random(3).ints(length, ' ', 127).forEach(c -> text.append((char) c));
        return text.toString();
    }
}
