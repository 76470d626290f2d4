package dev.rq4j.examples.benchmark.jmh;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Task;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What payloads and results cost to write and to read, and a request to make. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

    /** What goes in: about a hundred bytes of JSON. */
    public record Order(long id, String customer, String note) {}

    private static final Task<Order, Order> TASK = Task.of("benchmark.order", Order.class, Order.class);

    private final PayloadCodec codec = JacksonCodec.create();
    private final Order order = new Order(4711, "Lovelace", "to the engine, and not before the third of next month");
    private final byte[] call = codec.encodeCall(TASK.name(), order, false);
    private final byte[] value = codec.encodeValue(order);

    /** A request as a producer makes it. */
    @Benchmark
    public JobRequest<Order> request() {
        return TASK.request(order);
    }

    /** A request with options of its own. */
    @Benchmark
    public JobRequest<Order> requestWithOptions() {
        return TASK.request(order, job -> job.id(JobId.random()).atFront());
    }

    /** The payload that a producer writes. */
    @Benchmark
    public byte[] encodeCall() {
        return codec.encodeCall(TASK.name(), order, false);
    }

    /** The payload that a worker reads. */
    @Benchmark
    public @Nullable Order decodeCall() {
        return codec.decodeCall(call).input(Order.class);
    }

    /** The result that a worker writes. */
    @Benchmark
    public byte[] encodeValue() {
        return codec.encodeValue(order);
    }

    /** The result that a caller reads. */
    @Benchmark
    public @Nullable Order decodeValue() {
        return codec.decodeValue(value, Order.class);
    }
}
