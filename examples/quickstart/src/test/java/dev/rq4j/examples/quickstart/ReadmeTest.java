package dev.rq4j.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every paragraph of Java in the README stands in an example, which the build compiles and runs. */
class ReadmeTest {

    private static final Path EXAMPLES = Path.of("..");
    private static final Path README = Path.of("..", "..", "README.md");

    @Test
    void everySnippetIsCodeThatTheBuildRuns() throws IOException {
        String code = bare(examples());

        List<String> snippets = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(README))
                .results()
                .map((MatchResult block) -> block.group(1))
                .flatMap(block -> Stream.of(block.split("\n\\s*\n")))
                .toList();

        assertThat(snippets).hasSizeGreaterThan(5);
        assertThat(snippets).allSatisfy(snippet -> assertThat(code).contains(bare(snippet)));
    }

    @Test
    void everyFeatureIsProvedByATestThatExists() throws IOException {
        String readme = Files.readString(README);
        String table = readme.substring(readme.indexOf("| RQ | rq4j | proved by |"), readme.indexOf("## With Python"));
        List<String> tests = new ArrayList<>();
        for (Path module : List.of(Path.of("..", "..", "core"), Path.of("..", "..", "worker"), EXAMPLES)) {
            try (Stream<Path> files = Files.walk(module)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith("IT.java") || name.endsWith("Test.java"))
                        .forEach(name -> tests.add(name.replace(".java", "")));
            }
        }

        assertThat(table.lines().skip(2).filter(row -> row.startsWith("|"))).allSatisfy(row -> {
            String[] cells = row.substring(1, row.length() - 1).split("\\|", -1);
            assertThat(cells).hasSize(3).allSatisfy(cell -> assertThat(cell).isNotBlank());
        });
        List<String> named = Pattern.compile("`(\\w+(?:IT|Test))`")
                .matcher(table)
                .results()
                .map(name -> name.group(1))
                .toList();
        assertThat(named)
                .hasSizeGreaterThan(50)
                .allSatisfy(test -> assertThat(tests).containsOnlyOnce(test));
    }

    private static String examples() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(ReadmeTest::read)
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without comments and white space: the README breaks its lines as it reads best. */
    private static String bare(String code) {
        return code.replaceAll("(?m)\\s+//.*$", "").replaceAll("\\s+", "");
    }
}
