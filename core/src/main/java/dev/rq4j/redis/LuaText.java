package dev.rq4j.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts the text of a script together: with the shared parts that it names in {@code --@include} lines, and those that these
 * name, each once and before who needs it, and without the functions and constants of these that it does not use. What is
 * named within a function is made anew for it, and only when it is called: most jobs need little of what a script can do,
 * and what it defines costs time at every run.
 */
final class LuaText {

    private static final String INCLUDE = "--@include ";
    /** A line without it is not within anything. */
    private static final String INDENT = "  ";

    private static final Pattern FUNCTION = Pattern.compile("^local function (\\w+)\\(.*");
    /** Whose value is looked up nowhere. */
    private static final Pattern CONSTANT = Pattern.compile("^local (\\w+) = [^({]*$");

    /** Most scripts name the same parts, some of them several times. */
    private static final Map<String, String> RESOURCES = new ConcurrentHashMap<>();

    private LuaText() {}

    /** Returns the text of the script that is named by its verb. */
    static String of(String verb) {
        List<String> lines = new ArrayList<>(whole(verb, new HashSet<>())
                .lines()
                .filter(line -> !line.strip().startsWith("--"))
                .toList());
        while (dropUnused(lines)) {
            // what only they used is unused now
        }
        return String.join("\n", lines);
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
        boolean within = line.startsWith(" ");
        Set<String> visible = within ? new HashSet<>(included) : included;
        if (!visible.add(name)) {
            return "";
        }
        String text = whole(name, visible);
        return within ? INDENT + text.replace("\n", "\n" + INDENT) : text;
    }

    /** Takes out what is defined at the beginning of a line and named nowhere else; returns whether there was any. */
    private static boolean dropUnused(List<String> lines) {
        Map<String, Integer> uses = new HashMap<>();
        lines.forEach(line -> countWords(line, uses));
        List<String> kept = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            int last = definitionAt(i, lines, uses);
            if (last < i) {
                kept.add(lines.get(i));
            }
            i = Math.max(i, last);
        }
        boolean dropped = kept.size() < lines.size();
        lines.clear();
        lines.addAll(kept);
        return dropped;
    }

    private static void countWords(String line, Map<String, Integer> uses) {
        int begin = -1;
        for (int i = 0; i <= line.length(); i++) {
            boolean inWord = i < line.length() && (Character.isLetterOrDigit(line.charAt(i)) || line.charAt(i) == '_');
            if (!inWord && begin >= 0) {
                uses.merge(line.substring(begin, i), 1, Integer::sum);
            }
            begin = !inWord ? -1 : begin < 0 ? i : begin;
        }
    }

    /** Returns the last line of the definition that begins on this one and is not used, or -1. */
    private static int definitionAt(int first, List<String> lines, Map<String, Integer> uses) {
        String line = lines.get(first);
        if (!line.startsWith("local ")) {
            return -1;
        }
        Matcher constant = CONSTANT.matcher(line);
        if (constant.matches()) {
            return uses.getOrDefault(constant.group(1), 0) == 1 ? first : -1;
        }
        Matcher function = FUNCTION.matcher(line);
        if (!function.matches() || uses.getOrDefault(function.group(1), 0) > 1) {
            return -1;
        }
        int last = first;
        while (!lines.get(last).equals("end") && !(last == first && line.endsWith(" end"))) {
            last++;
        }
        return last;
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
