package dev.rq4j.examples.python;

import dev.rq4j.JobClient;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.worker.Worker;
import dev.rq4j.worker.WorkerBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import reactor.core.publisher.Mono;

/**
 * Java and Python beside each other in a Redis database of their own, with the keys where RQ has them; both call the
 * queue {@code q}.
 */
final class Bench implements AutoCloseable {

    /** Generous: machines that run tests are slow and shared. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Optional<PythonRq> PYTHON = PythonRq.find();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String uri = Shared.REDIS.uri() + "/" + DATABASES.incrementAndGet();
    private final PythonRq python = PYTHON.orElseThrow().withModulesOf(Bench.class);
    private final JobClient client = JobClient.connect(uri);
    private final List<AutoCloseable> running = new ArrayList<>();

    /** Skips the test when there is no Python with RQ. */
    static void assumePython() {
        Assumptions.assumeTrue(PYTHON.isPresent(), PythonRq.MISSING);
    }

    JobClient client() {
        return client;
    }

    JobQueue queue() {
        return client.queue("q");
    }

    /** Runs a snippet that begins with all that {@code bench.py} has, and returns what it printed. */
    String python(String code, Object... arguments) {
        return run(Stream.concat(Stream.of("-c", "from bench import *\n" + code), Stream.of(arguments)));
    }

    /** Runs RQ's command line: {@code rq command --url ... arguments}. */
    String rq(String command, String... arguments) {
        return run(Stream.concat(Stream.of("-m", "rq.cli", command, "--url", uri), Stream.of(arguments)));
    }

    /** Lets a Python worker run all jobs that wait in the queue. */
    void drainWithPython() {
        rq("worker", "--burst", "--quiet", "--serializer", "rq.serializers.JSONSerializer", "q");
    }

    /** Starts a Python worker, which runs until the end of the test. */
    void startPythonWorker() {
        String options = "--serializer rq.serializers.JSONSerializer --logging_level CRITICAL";
        Process worker = python.start(("-m rq.cli worker --url " + uri + " " + options + " q").split(" "));
        running.add(() -> PythonRq.end(worker));
    }

    /** Builds a Java worker. */
    Worker worker(UnaryOperator<WorkerBuilder> change) {
        return change.apply(Worker.builder(client).queues("q")).build();
    }

    /** Starts a Java worker, which runs until the end of the test. */
    Worker startWorker(UnaryOperator<WorkerBuilder> change) {
        Worker worker = worker(change);
        worker.run().subscribe();
        running.add(() -> await(worker.stop(Duration.ZERO)));
        return worker;
    }

    static <T> T await(Mono<T> mono) {
        return mono.block(PATIENCE);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable process : running) {
            process.close();
        }
        await(client.close());
    }

    private String run(Stream<?> arguments) {
        return python.run(
                Map.of("REDIS_URL", uri), arguments.map(String::valueOf).toList());
    }

    private static final class Shared {
        /** It ends with the JVM by itself. */
        static final EmbeddedRedis REDIS = EmbeddedRedis.start("--databases", "1000");
    }
}
