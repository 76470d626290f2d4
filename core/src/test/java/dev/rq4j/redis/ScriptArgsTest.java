package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScriptArgsTest {

    private static final String DIGEST = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    @Test
    void writesWhatTheDriverWrites() {
        byte[][] args = {Args.bytes("rq"), {}, {0, 13, 10, -1}, Args.bytes("1234567890")};

        assertThat(written(new ScriptArgs(DIGEST, "rq:queues", args))).isEqualTo(byDriver(args));
    }

    @Test
    void largeArgumentsAndManySmallOnesArriveWhole() {
        byte[][] args = IntStream.concat(
                        IntStream.range(0, 600).map(i -> 7 * i % 400),
                        IntStream.of(8160, 8176, 8177, 8192, 1_000_000, 0))
                .mapToObj(ScriptArgsTest::random)
                .toArray(byte[][]::new);

        assertThat(Arrays.equals(written(new ScriptArgs(DIGEST, "rq:queues", args)), byDriver(args)))
                .isTrue();
    }

    /** A command that waits for a connection is written again when there is one. */
    @Test
    void canBeWrittenTwice() {
        ScriptArgs args = new ScriptArgs(DIGEST, "rq:queues", new byte[][] {Args.bytes("rq")});

        assertThat(written(args)).isEqualTo(written(args));
    }

    private static byte[] byDriver(byte[][] args) {
        return written(new CommandArgs<>(RedisConnections.CODEC)
                .add(DIGEST)
                .add(1)
                .addKey("rq:queues")
                .addValues(args));
    }

    private static byte[] written(CommandArgs<String, byte[]> args) {
        ByteBuf out = Unpooled.buffer();
        new Command<String, byte[], Object>(CommandType.EVALSHA, null, args).encode(out);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
