package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Has TLC look at every state that {@code Lease.tla} can be in, and find out what each rule of the scripts is good for: run
 * by {@code mvn verify -Ptlc -pl core}. With {@code -Dtlc.tokens=3} there are more claims, and it takes half an hour.
 */
@Execution(ExecutionMode.SAME_THREAD)
class LeaseSpec {

    private static final Set<String> RULES = Set.of("FENCE", "RANDOM", "TOMBSTONES", "ADOPTION", "ATTEMPTS");
    private static final Pattern COUNTS = Pattern.compile("(\\d+ states generated, \\d+ distinct states found)");
    private static final Pattern VIOLATED = Pattern.compile("Invariant (\\w+) is violated");
    private static final Path SPEC = Path.of("src", "test", "tla", "Lease.tla");
    private static final Path DIRECTORY = Path.of("target", "tlc").toAbsolutePath();
    private static final int TOKENS = Integer.getInteger("tlc.tokens", 2);

    /** How much there is of everything: what is not needed for a fault makes it longer to find. */
    private record Size(int jobs, int workers, int tokens, int crashes, int failovers) {}

    @Test
    void withAllRulesNothingIsLostOrStolenOrDoneTwice() throws Exception {
        String said = check("all", new Size(1, 2, TOKENS, 1, 1), RULES);

        assertThat(said).contains("No error has been found");
    }

    @ParameterizedTest
    @CsvSource({
        "FENCE, NotStolen, 1, 2, 3, 0, 0",
        "RANDOM, NotStolen, 1, 2, 3, 1, 1",
        "TOMBSTONES, MadeOnce, 1, 2, 2, 0, 0",
        "ADOPTION, InHands, 2, 1, 2, 0, 0",
        "ATTEMPTS, InHands, 1, 1, 2, 0, 0"
    })
    void withoutOneOfThemSomethingIs(
            String rule, String broken, int jobs, int workers, int tokens, int crashes, int failovers)
            throws Exception {
        Set<String> others = RULES.stream().filter(other -> !other.equals(rule)).collect(Collectors.toSet());

        String said = check("without-" + rule, new Size(jobs, workers, tokens, crashes, failovers), others);

        Matcher violated = VIOLATED.matcher(said);
        assertThat(violated.find()).as(said).isTrue();
        assertThat(violated.group(1)).isEqualTo(broken);
    }

    private static String check(String name, Size size, Set<String> rules) throws Exception {
        Files.createDirectories(DIRECTORY);
        // It finds files by their names only, in the directory where it runs.
        Files.copy(SPEC, DIRECTORY.resolve(SPEC.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(DIRECTORY.resolve(name + ".cfg"), config(size, rules));
        Path output = DIRECTORY.resolve(name + ".log");
        Process tlc = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseParallelGC",
                        "-Xmx2g",
                        "-cp",
                        jar(),
                        "tlc2.TLC",
                        "-workers",
                        "auto",
                        "-metadir",
                        name,
                        "-config",
                        name + ".cfg",
                        SPEC.getFileName().toString())
                .directory(DIRECTORY.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(output.toFile()))
                .start();
        tlc.waitFor();
        String said = Files.readString(output);
        System.out.println(name + ": " + last(COUNTS.matcher(said)) + ", depth "
                + last(Pattern.compile("search is (\\d+)").matcher(said)));
        return said;
    }

    private static String last(Matcher matcher) {
        return matcher.results()
                .map(found -> found.group(1))
                .reduce((first, next) -> next)
                .orElse("unknown");
    }

    private static String jar() throws ReflectiveOperationException, IOException {
        return Path.of(Class.forName("tlc2.TLC")
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toRealPath()
                .toString();
    }

    private static String config(Size size, Set<String> rules) {
        return Stream.of(
                        List.of("SPECIFICATION Spec", "CHECK_DEADLOCK FALSE", "CONSTANTS"),
                        List.of("Jobs = " + set("j", size.jobs()), "Workers = " + set("w", size.workers())),
                        List.of(
                                "MaxTokens = " + size.tokens(),
                                "MaxCrashes = " + size.crashes(),
                                "MaxFailovers = " + size.failovers()),
                        RULES.stream()
                                .map(rule -> rule + " = " + (rules.contains(rule) ? "TRUE" : "FALSE"))
                                .toList(),
                        List.of("INVARIANTS StartedIffLeased OneEffect MadeOnce NotStolen InHands"))
                .flatMap(List::stream)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String set(String letter, int count) {
        return Stream.iterate(1, n -> n + 1)
                .limit(count)
                .map(n -> letter + n)
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
