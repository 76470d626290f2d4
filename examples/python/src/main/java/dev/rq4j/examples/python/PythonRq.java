package dev.rq4j.examples.python;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Python that can {@code import rq}. It finds the modules that lie in the folder {@code python} of our resources. */
public final class PythonRq {

    /** What to say when there is none. */
    public static final String MISSING =
            "No Python with RQ was found: neither RQ4J_PYTHON, nor python3 on the PATH, nor"
                    + " /usr/bin/python3 is one that can import rq. Debian has it in python3-rq.";

    private static final int PATIENCE_SECONDS = 60;

    private final String interpreter;
    private final List<Path> modules;
    private final String version;

    private PythonRq(String interpreter, List<Path> modules) {
        this.interpreter = interpreter;
        this.modules = modules;
        this.version = run("-c", "import rq.version; print(rq.version.VERSION)").strip();
    }

    /** Tries what {@code RQ4J_PYTHON} names, {@code python3} on the PATH, and the system's, in this order. */
    public static Optional<PythonRq> find() {
        return find(Stream.of(System.getenv("RQ4J_PYTHON"), "python3", "/usr/bin/python3"));
    }

    static Optional<PythonRq> find(Stream<@Nullable String> interpreters) {
        return interpreters.flatMap(Stream::ofNullable).flatMap(PythonRq::probe).findFirst();
    }

    private static Stream<PythonRq> probe(String interpreter) {
        try {
            return Stream.of(new PythonRq(interpreter, List.of(modulesOf(PythonRq.class))));
        } catch (IllegalStateException | UncheckedIOException unfit) {
            return Stream.empty();
        }
    }

    /** Returns this Python, which finds also the modules that lie beside this class. */
    PythonRq withModulesOf(Class<?> type) {
        return new PythonRq(
                interpreter,
                Stream.concat(modules.stream(), Stream.of(modulesOf(type))).toList());
    }

    /** Starts Python with these arguments. It ends with this JVM, or when it is given to {@link #end}. */
    public Process start(String... arguments) {
        Process process = start(Map.of(), List.of(arguments), Redirect.INHERIT);
        Thread hook = new Thread(() -> end(process));
        Runtime.getRuntime().addShutdownHook(hook);
        return process;
    }

    /** Runs Python with these arguments and returns what it printed, or throws what it complained of. */
    public String run(String... arguments) {
        return run(Map.of(), List.of(arguments));
    }

    String run(Map<String, String> environment, List<String> arguments) {
        Process process = start(environment, arguments, Redirect.PIPE);
        CompletableFuture<Process> exit = process.onExit()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> {
                    // To end one that has ended closes what is yet to be read of it.
                    if (late != null) {
                        end(process);
                    }
                });
        CompletableFuture<String> complaints = CompletableFuture.supplyAsync(() -> read(process.errorReader()));
        String output = read(process.inputReader());
        int code = exit.join().exitValue();
        if (code != 0) {
            throw new IllegalStateException(interpreter + " ended with code " + code + ": " + complaints.join());
        }
        return output;
    }

    /** Lets a process end in order, and kills it and its children when that takes long. */
    public static void end(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, 5, TimeUnit.SECONDS)
                .thenAccept(Process::destroyForcibly)
                .join();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    Process start(Map<String, String> environment, List<String> arguments, Redirect output) {
        List<String> command = new ArrayList<>(List.of(interpreter));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output).redirectError(output);
        builder.environment().put("PYTHONPATH", path());
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String path() {
        return Stream.concat(modules.stream().map(Path::toString), Stream.ofNullable(System.getenv("PYTHONPATH")))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path modulesOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolve("python");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(BufferedReader reader) {
        try (reader) {
            return reader.lines().collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "RQ " + version + " on " + interpreter;
    }
}
