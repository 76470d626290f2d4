package dev.rq4j.redis;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Execution;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to write a job's hash and to read it, and to make the arguments of one job for each script. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScriptArgumentsBenchmark {

    private static final String QUEUE = "benchmark";
    private static final Task<String, String> TASK = Task.of("benchmark.order", String.class, String.class);

    private final PayloadCodec codec = JacksonCodec.create();
    private final ScriptCalls calls = new ScriptCalls(codec, QUEUE);
    private final JobId id = JobId.random();
    private final Instant now = Instant.now();
    private final JobRequest<String> request =
            TASK.request("4711 for Lovelace: to the engine, and not before the third of next month");
    private final JobRequest<String> richRequest = TASK.request(
            "4711 for Lovelace",
            job -> job.retry(RetryPolicy.times(5))
                    .meta(Map.of("tenant", "engine"))
                    .group("orders")
                    .description("the order of Lovelace"));
    private final List<Execution> execution = List.of(new Execution(id, "0123456789abcdef0123456789abcdef-1-0", QUEUE));
    private final byte[] value = codec.encodeValue("done");
    private final Map<String, byte[]> hash = hash();
    private final List<Object> claim = claim();

    private Map<String, byte[]> hash() {
        Map<String, byte[]> finished = new HashMap<>(JobFields.of(request, QUEUE, codec, now));
        finished.put("status", Args.bytes("finished"));
        finished.put("started_at", Args.bytes(WireTime.shown(now)));
        finished.put("ended_at", Args.bytes(WireTime.shown(now)));
        finished.put("worker_name", Args.bytes("benchmark"));
        finished.put("execution_id", Args.bytes(execution.get(0).id()));
        return finished;
    }

    private List<Object> claim() {
        byte[] data = hash.getOrDefault("data", new byte[0]);
        return List.of(
                Args.bytes("0123456789abcdef0123456789abcdef"),
                List.of(
                        Args.bytes(QUEUE),
                        Args.bytes(id.value()),
                        Args.bytes(execution.get(0).id()),
                        (long) data.length,
                        data,
                        Args.bytes("180"),
                        Args.bytes(TASK.name()),
                        Args.bytes(WireTime.shown(now)),
                        List.of()));
    }

    /** The hash of a job as most are. */
    @Benchmark
    public Map<String, byte[]> writeHash() {
        return JobFields.of(request, QUEUE, codec, now);
    }

    /** The hash of a job with retries, labels and a group. */
    @Benchmark
    public Map<String, byte[]> writeRichHash() {
        return JobFields.of(richRequest, QUEUE, codec, now);
    }

    /** A job as a caller sees it. */
    @Benchmark
    public Job readHash() {
        return JobHash.read(id, hash, null, null, codec);
    }

    /** The arguments that enqueue one job: its id, its hash, and what is asked for. */
    @Benchmark
    public byte[][] enqueue() {
        return calls.enqueue(List.of(request));
    }

    /** The arguments of a claim, of however many jobs. */
    @Benchmark
    public byte[][] claimArguments() {
        return calls.claim("0123456789abcdef0123456789abcdef", 256);
    }

    /** A claimed job as a worker sees it. */
    @Benchmark
    public Claims readClaim() {
        return Claims.of(claim);
    }

    /** The arguments that finish one run. */
    @Benchmark
    public byte[][] finish() {
        return calls.finish(execution, value, Retention.RESULT_DEFAULT);
    }
}
