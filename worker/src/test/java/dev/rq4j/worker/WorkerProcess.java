package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** A worker in a JVM of its own, which can be killed. Its handler waits for as many milliseconds as its input says. */
final class WorkerProcess implements AutoCloseable {

    /** The input that ends the whole JVM without a word. */
    static final String POISON = "poison";

    /** The input that never comes to an end. */
    static final String NEVER = "never";

    private final Process process;
    private final Queue<String> starts = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    private WorkerProcess(Process process) {
        this.process = process;
        this.reader = new Thread(() -> process.inputReader().lines().forEach(starts::add), "starts");
        reader.setDaemon(true);
        reader.start();
    }

    static WorkerProcess start(String uri, String prefix, Duration lease, Duration grace) {
        return start(uri, prefix, lease, grace, Scene.QUEUE);
    }

    /** Starts one that serves these queues, with commas between. */
    static WorkerProcess start(String uri, String prefix, Duration lease, Duration grace, String queues) {
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        // whom the tests trust over TLS
        Stream.of("javax.net.ssl.trustStore", "javax.net.ssl.trustStorePassword")
                .filter(name -> System.getProperty(name) != null)
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of(
                "-cp",
                classpath,
                WorkerProcess.class.getName(),
                uri,
                prefix,
                lease.toString(),
                grace.toString(),
                queues));
        try {
            return new WorkerProcess(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, as a SIGTERM does. */
    void terminate() {
        process.destroy();
    }

    /** Ends it, as a SIGKILL does. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Sends any other signal. */
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for its end and returns what it ended with. */
    int awaitExit() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the worker did not end");
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the starts so far, each the id of the job and which attempt that was. */
    List<String> starts() {
        return List.copyOf(starts);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Runs jobs until it is killed. */
    public static void main(String[] args) {
        JobClient client = JobClient.connect(args[0], JobClientOptions.DEFAULTS.withPrefix(args[1]));
        Worker.builder(client)
                .queues(args[4].split(","))
                .lease(Duration.parse(args[2]))
                .grace(Duration.parse(args[3]))
                .concurrency(50)
                .maxRecoveries(2)
                .handle(ACT, WorkerProcess::act)
                .build()
                .run()
                .block();
        client.close().block();
    }

    private static Mono<String> act(String act, JobContext job) {
        System.out.println(job.id() + " " + job.attempt());
        return switch (act) {
            case NEVER -> Mono.never();
            case POISON ->
                Mono.delay(Duration.ofMillis(500)).map(waited -> {
                    Runtime.getRuntime().halt(42);
                    return "never";
                });
            default -> Mono.delay(Duration.ofMillis(Long.parseLong(act))).thenReturn("by the process");
        };
    }
}
