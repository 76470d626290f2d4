package dev.rq4j.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Puts what a script defines where it is used: a function or constant that nothing uses is left out, and one that only
 * parts within blocks use is defined within these. Each costs time at every run of a script that comes by it.
 */
final class LuaDefinitions {

    /** Marks, on a line of its own and as deep as what it is about, where a part within a block begins. */
    static final String WITHIN = "--@within";

    private static final Pattern FUNCTION = Pattern.compile("local function (\\w+)\\(.*");
    /** What is named like this stays as it is. */
    private static final Pattern CONSTANT = Pattern.compile("local ([A-Z_]+) = (\\{.*|[^(]*)");
    /** Whose value is looked up nowhere. */
    private static final Pattern VALUE = Pattern.compile("local (\\w+) = [^({]*");
    /** What is defined within a block. */
    private static final Pattern ANEW = Pattern.compile(" +local (?:function )?(\\w+)(?:\\(| =).*");

    /**
     * A line.
     *
     * @param text what stands there
     * @param depth by how much it is indented
     * @param names what it names, but not fields, nor what is in quotes
     */
    private record Line(String text, int depth, Set<String> names) {

        static Line of(String text) {
            Set<String> names = new HashSet<>();
            boolean quoted = false;
            int begin = -1;
            for (int i = 0; i <= text.length(); i++) {
                char c = i < text.length() ? text.charAt(i) : ' ';
                boolean inName = !quoted && (Character.isLetterOrDigit(c) || c == '_');
                if (!inName && begin >= 0 && !isField(text, begin)) {
                    names.add(text.substring(begin, i));
                }
                begin = !inName ? -1 : begin < 0 ? i : begin;
                quoted ^= c == '\'';
            }
            return new Line(text, text.length() - text.stripLeading().length(), names);
        }

        /** What is behind one dot; two join texts. */
        private static boolean isField(String text, int begin) {
            return begin > 0 && text.charAt(begin - 1) == '.' && (begin < 2 || text.charAt(begin - 2) != '.');
        }

        boolean opensPart() {
            return depth > 0 && text.endsWith(WITHIN);
        }

        Line deeper(int by) {
            return new Line(" ".repeat(by) + text, depth + by, names);
        }
    }

    /** From a line to one before another. */
    private record Span(int from, int to) {

        boolean contains(int line) {
            return from <= line && line < to;
        }
    }

    /** Something that is defined within nothing; what can change its value stays where it is. */
    private record Definition(Span span, boolean canMove) {}

    private LuaDefinitions() {}

    /** Returns the lines of a script, which has no comments but marks, as they are to be. */
    static List<String> placed(List<String> script) {
        List<Line> before;
        List<Line> lines = script.stream().map(Line::of).toList();
        do {
            before = lines;
            lines = moved(before);
        } while (!lines.equals(before));
        return lines.stream().filter(line -> !line.opensPart()).map(Line::text).toList();
    }

    /** Moves what can be moved; what only that used can be moved the next time. */
    private static List<Line> moved(List<Line> lines) {
        List<Span> parts = parts(lines);
        Map<String, Definition> definitions = definitions(lines);
        Map<String, List<Integer>> uses = uses(definitions, lines);
        Set<Integer> gone = new HashSet<>();
        Map<Integer, List<Line>> added = new HashMap<>();
        definitions.forEach((name, definition) -> {
            Span span = definition.span();
            List<Integer> used = uses.getOrDefault(name, List.of());
            List<Span> users = parts.stream()
                    .filter(part -> used.stream().anyMatch(part::contains))
                    .toList();
            boolean onlyThese = used.stream().allMatch(line -> users.stream().anyMatch(part -> part.contains(line)));
            if (onlyThese && (users.isEmpty() || definition.canMove())) {
                IntStream.range(span.from(), span.to()).forEach(gone::add);
                for (Span user : users) {
                    int depth = lines.get(user.from()).depth();
                    List<Line> here = added.computeIfAbsent(user.from(), none -> new ArrayList<>());
                    lines.subList(span.from(), span.to()).forEach(line -> here.add(line.deeper(depth)));
                }
            }
        });
        List<Line> after = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!gone.contains(i)) {
                after.add(lines.get(i));
            }
            after.addAll(added.getOrDefault(i, List.of()));
        }
        return after;
    }

    /** Returns the parts within blocks that are within no other: each ends with its block. */
    private static List<Span> parts(List<Line> lines) {
        List<Span> parts = new ArrayList<>();
        int end = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (i >= end && lines.get(i).opensPart()) {
                end = endOfBlock(i, lines);
                parts.add(new Span(i, end));
            }
        }
        return parts;
    }

    /** Returns where else than in its definition each is used, but for blocks that have one of the same name of their own. */
    private static Map<String, List<Integer>> uses(Map<String, Definition> definitions, List<Line> lines) {
        Map<String, List<Integer>> uses = new HashMap<>();
        Map<String, Integer> anewUntil = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (line.depth() > 0 && line.names().contains("local")) {
                Matcher anew = ANEW.matcher(line.text());
                if (anew.matches()
                        && definitions.containsKey(anew.group(1))
                        && anewUntil.getOrDefault(anew.group(1), 0) <= i) {
                    anewUntil.put(anew.group(1), endOfBlock(i, lines));
                }
            }
            for (String name : line.names()) {
                Definition definition = definitions.get(name);
                if (definition != null && !definition.span().contains(i) && anewUntil.getOrDefault(name, 0) <= i) {
                    uses.computeIfAbsent(name, none -> new ArrayList<>()).add(i);
                }
            }
        }
        return uses;
    }

    private static int endOfBlock(int line, List<Line> lines) {
        int end = line;
        while (end < lines.size() && lines.get(end).depth() >= lines.get(line).depth()) {
            end++;
        }
        return end;
    }

    private static Map<String, Definition> definitions(List<Line> lines) {
        Map<String, Definition> definitions = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).text();
            if (!line.startsWith("local ")) {
                continue;
            }
            Matcher function = FUNCTION.matcher(line);
            Matcher constant = CONSTANT.matcher(line);
            Matcher value = VALUE.matcher(line);
            if (function.matches()) {
                int end = line.endsWith(" end") ? i + 1 : behind("end", i, lines);
                definitions.put(function.group(1), new Definition(new Span(i, end), true));
            } else if (constant.matches()) {
                int end = line.contains("{") ? behind("}", i, lines) : i + 1;
                definitions.put(constant.group(1), new Definition(new Span(i, end), true));
            } else if (value.matches()) {
                definitions.put(value.group(1), new Definition(new Span(i, i + 1), false));
            }
        }
        return definitions;
    }

    /** Returns the line behind the first one from here on that ends so, an {@code end} on its own. */
    private static int behind(String ending, int from, List<Line> lines) {
        int line = from;
        while (!lines.get(line).text().endsWith(ending)
                || (ending.equals("end") && !lines.get(line).text().equals("end"))) {
            line++;
        }
        return line + 1;
    }
}
