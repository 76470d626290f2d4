package dev.rq4j.examples.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.examples.benchmark.Work.Order;
import dev.rq4j.job.Execution;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.redis.ScriptCalls;
import io.lettuce.core.ScriptOutputType;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The scripts of rq4j itself, called as it calls them, without it: what is between this and what rq4j reaches is spent in
 * the JVM, and what is between this and the floor in Redis.
 */
final class OwnScripts implements Scripts<Execution> {

    private final PayloadCodec codec = JacksonCodec.create();
    private final ScriptCalls calls = new ScriptCalls(codec, Work.QUEUE);
    private final JobRequest<String> request = Work.TASK.request(Order.ofBytes(Work.USUAL));
    private final byte[] result = codec.encodeValue(Work.DONE);
    private final byte[][] keys = {calls.key()};
    private final Retention kept;
    private final Wire wire;
    private final String enqueue;
    private final String claim;
    private final String finish;

    OwnScripts(String uri, Retention kept) {
        this.kept = kept;
        this.wire = new Wire(uri);
        this.enqueue = load("enqueue");
        this.claim = load("claim");
        this.finish = load("finish");
    }

    private String load(String verb) {
        return wire.load(ScriptCalls.text(verb).getBytes(UTF_8));
    }

    /** Two batches are under way, and all who come meanwhile make up the next. */
    @Override
    public int together(int concurrency) {
        return Math.max(1, concurrency / 2);
    }

    @Override
    public int bulk() {
        return calls.most(request);
    }

    @Override
    public Supplier<CompletionStage<?>> enqueue(int jobs) {
        byte[][] args = calls.enqueue(Collections.nCopies(jobs, request));
        return () -> call(enqueue, args).thenAccept(OwnScripts::check);
    }

    @Override
    public CompletionStage<List<Execution>> claim(int jobs) {
        return call(claim, calls.claim(UUID.randomUUID().toString(), jobs)).thenApply(ScriptCalls::claimed);
    }

    @Override
    public CompletionStage<?> finish(List<Execution> claimed) {
        return call(finish, calls.finish(claimed, result, kept)).thenAccept(OwnScripts::check);
    }

    /** Arguments that are not as the library's would be fast, and measure nothing. */
    private static void check(List<Object> answers) {
        if (!ScriptCalls.areDone(answers)) {
            throw new IllegalStateException("rq4j's own scripts refuse what they are called with: " + answers);
        }
    }

    private CompletionStage<List<Object>> call(String script, byte[][] args) {
        return wire.redis().evalsha(script, ScriptOutputType.MULTI, keys, args);
    }

    @Override
    public void close() {
        wire.close();
    }
}
