package dev.rq4j.redis;

import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;

/**
 * The arguments of a script call. Of those of the driver each is an object with a buffer of its own, and is written in five
 * pieces, which takes the thread that all commands share a good part of what a small job takes us; here the small ones are
 * put together first.
 */
final class ScriptArgs extends CommandArgs<String, byte[]> {

    private static final int LARGEST_STAGE = 8192;
    /** For a dollar sign, a length, and two ends of a line. */
    private static final int AROUND = 16;

    private final byte[][] args;

    /** Calls by a text or a digest, and with one key. */
    ScriptArgs(String script, String key, byte[][] args) {
        super(RedisConnections.CODEC);
        add(script).add(1).addKey(key);
        this.args = args;
    }

    @Override
    public int count() {
        return super.count() + args.length;
    }

    @Override
    public void encode(ByteBuf out) {
        super.encode(out);
        long size = AROUND;
        for (byte[] arg : args) {
            size += arg.length + AROUND;
        }
        Stage stage = new Stage(out, (int) Math.min(size, LARGEST_STAGE));
        for (byte[] arg : args) {
            stage.write(arg);
        }
        stage.flush();
    }

    private static final class Stage {
        private final ByteBuf out;
        private final byte[] bytes;
        private int size;

        Stage(ByteBuf out, int room) {
            this.out = out;
            this.bytes = new byte[room];
        }

        void write(byte[] arg) {
            if (arg.length > bytes.length - AROUND - size) {
                flush();
            }
            put('$');
            length(arg.length);
            endLine();
            if (arg.length > bytes.length - AROUND) {
                flush();
                out.writeBytes(arg);
            } else {
                System.arraycopy(arg, 0, bytes, size, arg.length);
                size += arg.length;
            }
            endLine();
        }

        private void length(int length) {
            if (length >= 10) {
                length(length / 10);
            }
            put('0' + length % 10);
        }

        private void endLine() {
            put('\r');
            put('\n');
        }

        private void put(int one) {
            bytes[size++] = (byte) one;
        }

        void flush() {
            out.writeBytes(bytes, 0, size);
            size = 0;
        }
    }
}
