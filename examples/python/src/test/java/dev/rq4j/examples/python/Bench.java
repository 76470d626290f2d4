package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobStatus;
import dev.rq4j.worker.Worker;
import dev.rq4j.worker.WorkerBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Java and Python beside each other in a Redis database of their own, with the keys where RQ has them; both call the
 * queue {@code q}.
 */
final class Bench implements AutoCloseable {

    /** Generous: machines that run tests are slow and shared. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Optional<PythonRq> PYTHON = PythonRq.find();
    private static final List<JobStatus> REGISTRIES = List.of(
            JobStatus.STARTED,
            JobStatus.FINISHED,
            JobStatus.FAILED,
            JobStatus.DEFERRED,
            JobStatus.SCHEDULED,
            JobStatus.CANCELED);
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String uri = Shared.REDIS.uri() + "/" + DATABASES.incrementAndGet();
    private final PythonRq python = PYTHON.orElseThrow().withModulesOf(Bench.class);
    private final JobClient client = JobClient.connect(uri);
    private final PythonSession session = new PythonSession(python, Map.of("REDIS_URL", uri));
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
        return session.run(code, arguments);
    }

    /** Runs RQ's command line: {@code rq command --url ... arguments}. */
    String rq(String command, String... arguments) {
        return python.run(
                Map.of("REDIS_URL", uri),
                Stream.concat(Stream.of("-m", "rq.cli", command, "--url", uri), Stream.of(arguments))
                        .toList());
    }

    /** Lets a Python worker run all jobs that wait in the queue, and those first whose time has come. */
    void drainWithPython() {
        drainWithPython("q");
    }

    /** Lets a Python worker run all jobs that wait in the queue with this name, and those first whose time has come. */
    void drainWithPython(String name) {
        rq("worker", "--burst", "--with-scheduler", "--quiet", "--serializer", "rq.serializers.JSONSerializer", name);
    }

    /** Starts a Python worker, which runs until the end of the test, and schedules. */
    void startPythonWorker() {
        String options = "--with-scheduler --serializer rq.serializers.JSONSerializer --logging_level CRITICAL";
        Process worker = python.start(("-m rq.cli worker --url " + uri + " " + options + " q").split(" "));
        running.add(() -> PythonRq.end(worker));
    }

    /** Counts as {@link #tally(String)} does. */
    String tally() {
        return tally("q");
    }

    /**
     * Counts the jobs in the queue with this name and in its registries on both sides, which have to agree, has Python
     * read every one of them, and returns what there is, such as {@code queued 1, failed 2}.
     */
    String tally(String name) {
        JobQueue seen = client.queue(name);
        Mono<String> java = Flux.concat(
                        seen.size().map(count -> "queued " + count),
                        Flux.fromIterable(REGISTRIES)
                                .concatMap(status ->
                                        seen.registry(status).count().map(count -> status.wireName() + " " + count)))
                .filter(line -> !line.endsWith(" 0"))
                .collect(Collectors.joining(", "));
        String counted = await(java);
        assertThat(python("print(tally(args[0]))", name)).isEqualTo(counted);
        return counted;
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
        session.close();
        await(client.close());
    }

    private static final class Shared {
        /** It ends with the JVM by itself. */
        static final EmbeddedRedis REDIS = EmbeddedRedis.start("--databases", "1000");
    }
}
