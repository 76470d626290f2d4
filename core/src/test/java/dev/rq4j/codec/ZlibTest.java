package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.rq4j.job.JobException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ZlibTest {

    private static final int MIB = 1 << 20;

    @Test
    void readsWhatPythonCompressed() {
        byte[] python =
                HexFormat.of().parseHex("789c8b56caca4f2ad64b4c4951d251c82bcdc9d15188368fd551a8ae8d050078760888");
        assertThat(Zlib.inflate(python, 100, "it")).asString().isEqualTo("[\"jobs.add\", null, [7], {}]");
        assertThat(Zlib.deflate("[\"jobs.add\", null, [7], {}]".getBytes(UTF_8)))
                .isEqualTo(python);
        assertThat(Zlib.deflate(new byte[0])).isEqualTo(HexFormat.of().parseHex("789c030000000001"));
    }

    @Test
    void compressesWhereItPays() {
        byte[] text = "[\"t\", null, [\"".concat("abc".repeat(300)).getBytes(UTF_8);
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        noise[0] = '[';
        byte[] small = Arrays.copyOf(text, 511);
        assertThat(Zlib.deflateIfSmaller(small)).isSameAs(small);
        assertThat(Zlib.deflateIfSmaller(noise)).isSameAs(noise);
        assertThat(Zlib.deflateIfSmaller(text)).hasSizeLessThan(100);
        byte[] ambiguous = {0x78, (byte) 0x9c, 1};
        for (byte[] data : new byte[][] {text, noise, small, ambiguous, {}, {0x78}}) {
            assertThat(Zlib.inflate(Zlib.deflateIfSmaller(data), 10_000, "it")).isEqualTo(data);
        }
    }

    @Test
    void limitsWhatComesOut() {
        for (int size : new int[] {0, 1, 255, 256, 257, 4096, 100_000}) {
            byte[] data = new byte[size];
            byte[] deflated = Zlib.deflate(data);
            assertThat(Zlib.inflate(deflated, size, "it")).isEqualTo(data);
            assertThat(Zlib.inflate(deflated, size + 1, "it")).isEqualTo(data);
            if (size > 0) {
                assertThatExceptionOfType(JobException.TooLarge.class)
                        .isThrownBy(() -> Zlib.inflate(deflated, size - 1, "it"))
                        .withMessage("it is limited to " + (size - 1) + " bytes, but is larger");
            }
        }
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> Zlib.inflate(new byte[11], 10, "it"))
                .withMessage("it is limited to 10 bytes, but has 11");
    }

    @Test
    void allocatesLittleForABomb() {
        byte[] bomb = Zlib.deflate(new byte[64 * MIB]);
        assertThat(bomb).hasSizeLessThan(MIB / 10);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        inflateBomb(bomb);
        long before = threads.getCurrentThreadAllocatedBytes();
        inflateBomb(bomb);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(3 * MIB);
    }

    /** All that is ever allocated bounds what is there at once. */
    @Test
    void allocatesForABombNoMoreThanTheLimitAndAMegabyte() {
        int limit = 10_000_000;
        byte[] bomb = Zlib.deflate(new byte[300 * MIB]);
        assertThat(bomb).hasSizeLessThan(300 * MIB / 1000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThatExceptionOfType(JobException.TooLarge.class)
                    .isThrownBy(() -> Zlib.inflate(bomb, limit, "it"))
                    .withMessage("it is limited to " + limit + " bytes, but is larger");
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isBetween((long) limit, limit + 2L * MIB);
    }

    @Test
    void readsWhatIsLargeWhole() {
        byte[] large = new byte[3 * MIB + 17];
        new Random(7).nextBytes(large);
        Arrays.fill(large, 0, 2 * MIB, (byte) 'x');
        byte[] deflated = Zlib.deflate(large);
        assertThat(Zlib.inflate(deflated, large.length, "it")).isEqualTo(large);
        assertThat(Zlib.inflate(deflated, 16 * MIB, "it")).isEqualTo(large);
        assertThat(Zlib.inflateSome(deflated, 2 * MIB)).hasSize(2 * MIB);
        byte[] cut = Arrays.copyOf(deflated, deflated.length - 100);
        assertThat(Zlib.inflateSome(cut, 16 * MIB)).hasSizeBetween(3 * MIB - 1000, 3 * MIB + 17);
        assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> Zlib.inflate(cut, 16 * MIB, "it"));
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> Zlib.inflate(deflated, large.length - 1, "it"));
    }

    @Test
    void refusesDamage() {
        byte[] data = Zlib.deflate("[\"jobs.add\", null, [7], {}]".repeat(100).getBytes(UTF_8));
        for (int length = 2; length < data.length; length++) {
            byte[] cut = Arrays.copyOf(data, length);
            assertThatExceptionOfType(JobException.Unreadable.class)
                    .isThrownBy(() -> Zlib.inflate(cut, MIB, "it"))
                    .withMessage("it is zlib data that is damaged or cut off");
        }
        byte[] corrupt = data.clone();
        corrupt[data.length - 1]++;
        assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> Zlib.inflate(corrupt, MIB, "it"));
        byte[] dictionary = {0x78, (byte) 0xbb, 1, 2, 3, 4, 5};
        assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> Zlib.inflate(dictionary, MIB, "it"));
        assertThat(Zlib.inflate(Arrays.copyOf(data, data.length + 5), MIB, "it"))
                .hasSize(2700);
    }

    private static void inflateBomb(byte[] bomb) {
        assertThatExceptionOfType(JobException.TooLarge.class).isThrownBy(() -> Zlib.inflate(bomb, MIB, "it"));
    }
}
