package dev.rq4j.examples.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.examples.benchmark.Work.Order;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What there would be without rq4j: three scripts that do the least that has to be done to the keys of Python RQ. No
 * leases that end, retries, limits, dependents, or events, and nothing that makes a second attempt harmless.
 */
final class Floor implements Scripts<byte[]> {

    private static final byte[] QUEUE = bytes("rq:queue:" + Work.QUEUE);
    private static final byte[] RUNNING = bytes("rq:wip:" + Work.QUEUE);
    private static final byte[] FINISHED = bytes("rq:finished:" + Work.QUEUE);
    private static final int BULK = 256;
    private static final int KEPT = 500;
    private static final int LEASE = 90;

    private final Wire wire;
    private final String enqueue;
    private final String claim;
    private final String finish;
    private final byte[] data;
    private final byte[] result;

    Floor(String uri) throws IOException {
        PayloadCodec codec = JacksonCodec.create();
        this.wire = new Wire(uri);
        this.enqueue = load("enqueue");
        this.claim = load("claim");
        this.finish = load("finish");
        this.data = codec.encodeCall(Work.TASK.name(), Order.ofBytes(Work.USUAL), false);
        this.result = Base64.getEncoder().encode(codec.encodeValue(Work.DONE));
    }

    private String load(String script) throws IOException {
        try (InputStream file = Floor.class.getResourceAsStream(script + ".lua")) {
            if (file == null) {
                throw new IOException("there is no script " + script);
            }
            return wire.load(file.readAllBytes());
        }
    }

    CompletionStage<?> ping() {
        return wire.redis().ping();
    }

    @Override
    public int together(int concurrency) {
        return 1;
    }

    @Override
    public int bulk() {
        return BULK;
    }

    @Override
    public Supplier<CompletionStage<?>> enqueue(int jobs) {
        byte[][] args = new byte[1 + 2 * jobs][];
        args[0] = now();
        for (int i = 0; i < jobs; i++) {
            args[1 + 2 * i] = bytes(UUID.randomUUID().toString());
            args[2 + 2 * i] = data;
        }
        return () -> wire.redis().evalsha(enqueue, ScriptOutputType.INTEGER, new byte[][] {QUEUE}, args);
    }

    @Override
    public CompletionStage<List<byte[]>> claim(int jobs) {
        return wire.redis()
                .<List<byte[]>>evalsha(
                        claim,
                        ScriptOutputType.MULTI,
                        new byte[][] {QUEUE, RUNNING},
                        bytes(jobs),
                        bytes(seconds() + LEASE),
                        now())
                .thenApply(Floor::ids);
    }

    /** The answer has ids and data in turn. */
    private static List<byte[]> ids(List<byte[]> answer) {
        return IntStream.range(0, answer.size() / 2)
                .mapToObj(i -> answer.get(2 * i))
                .toList();
    }

    @Override
    public CompletionStage<?> finish(List<byte[]> ids) {
        return CompletableFuture.allOf(ids.stream().map(this::finish).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<?> finish(byte[] id) {
        return wire.redis()
                .evalsha(
                        finish,
                        ScriptOutputType.INTEGER,
                        new byte[][] {RUNNING, FINISHED},
                        id,
                        result,
                        now(),
                        bytes(KEPT),
                        bytes(seconds() + KEPT))
                .toCompletableFuture();
    }

    private static byte[] now() {
        return bytes(Instant.now().toString());
    }

    private static long seconds() {
        return System.currentTimeMillis() / 1000;
    }

    private static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() {
        wire.close();
    }
}
