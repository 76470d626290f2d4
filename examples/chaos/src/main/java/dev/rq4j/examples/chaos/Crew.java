package dev.rq4j.examples.chaos;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The workers, each a JVM of its own. Whoever dies is replaced. */
final class Crew implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Settings settings;
    private final String uri;
    private final Process[] workers;

    Crew(Settings settings, String uri) throws IOException {
        this.settings = settings;
        this.uri = uri;
        this.workers = new Process[settings.workers()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = start();
        }
    }

    /** Returns how many workers there are; the first is the witness, which nobody harms. */
    int size() {
        return workers.length;
    }

    long pid(int worker) {
        return workers[worker].pid();
    }

    /** Ends it without a word. */
    void kill(int worker) throws IOException {
        workers[worker].destroyForcibly().onExit().join();
        workers[worker] = start();
    }

    /** Asks it to end, waits until it has, and starts another. */
    void terminate(int worker) throws IOException, InterruptedException {
        workers[worker].destroy();
        awaitEnd(workers[worker]);
        workers[worker] = start();
    }

    /** Halts it, or lets it go on. */
    void signal(int worker, String name) throws IOException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid(worker)))
                .start()
                .onExit()
                .join();
    }

    /** Asks all to end, and returns when they have. */
    void stop() throws InterruptedException {
        for (Process worker : workers) {
            worker.destroy();
        }
        for (Process worker : workers) {
            awaitEnd(worker);
        }
    }

    private static void awaitEnd(Process worker) throws InterruptedException {
        if (!worker.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("a worker did not end within " + PATIENCE);
        }
    }

    private Process start() throws IOException {
        return java(settings, Laborer.class, uri)
                .redirectOutput(Redirect.appendTo(log("workers")))
                .redirectError(Redirect.appendTo(log("workers")))
                .start();
    }

    File log(String name) {
        return settings.directory().resolve(name + ".log").toFile();
    }

    /** Returns a JVM that runs this class, lean: there are several on few processors. */
    static ProcessBuilder java(Settings settings, Class<?> main, String argument) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(settings.asProperties());
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classes, main.getName(), argument));
        return new ProcessBuilder(command);
    }

    @Override
    public void close() {
        for (Process worker : workers) {
            worker.destroyForcibly();
        }
    }
}
