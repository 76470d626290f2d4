package dev.rq4j.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Puts the text of a script together: with the shared parts that it names in {@code --@include} lines, and those that these
 * name, each once and before who needs it. What is named within a block is within it, and is made only when that is reached:
 * most jobs need little of what a script can do, and what it defines costs time at every run.
 */
final class LuaText {

    private static final String INCLUDE = "--@include ";
    /** Most scripts name the same parts, some of them several times. */
    private static final Map<String, String> RESOURCES = new ConcurrentHashMap<>();

    private LuaText() {}

    /** Returns the text of the script that is named by its verb. */
    static String of(String verb) {
        return reading(verb).get();
    }

    /** Reads the parts of the script that is named by its verb, and returns what makes the text of them. */
    static Supplier<String> reading(String verb) {
        String whole = whole(verb, new HashSet<>());
        return () -> placed(whole);
    }

    private static String placed(String whole) {
        List<String> lines = whole.lines()
                .filter(line -> !line.isBlank())
                .filter(line -> !line.strip().startsWith("--") || line.strip().equals(LuaDefinitions.WITHIN))
                .toList();
        return String.join("\n", LuaDefinitions.placed(lines));
    }

    private static String whole(String name, Set<String> included) {
        return RESOURCES
                .computeIfAbsent(name + ".lua", LuaText::resource)
                .lines()
                .map(line -> line.strip().startsWith(INCLUDE) ? part(line, included) : line)
                .collect(Collectors.joining("\n"));
    }

    private static String part(String line, Set<String> included) {
        String name = "lib/" + line.strip().substring(INCLUDE.length()).strip();
        String indent = line.substring(0, line.indexOf(INCLUDE));
        Set<String> visible = indent.isEmpty() ? included : new HashSet<>(included);
        String text = visible.add(name) ? whole(name, visible) : "";
        return indent.isEmpty()
                ? text
                : indent + LuaDefinitions.WITHIN + "\n" + indent + text.replace("\n", "\n" + indent);
    }

    private static String resource(String name) {
        try (InputStream in = LuaScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no script " + name + " beside " + LuaScript.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
