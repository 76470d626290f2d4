package dev.rq4j.redis;

import static java.util.Collections.disjoint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

    /** What holds from there on in its block: a function, and variables with commas. */
    private static final Pattern LOCAL = Pattern.compile("local (?:function (\\w+)|(?!function)([\\w, ]+))(.*)");
    /** What holds in the block that begins there: parameters, and what a loop counts or goes through. */
    private static final Pattern OPENING = Pattern.compile("function[ \\w]*\\(([\\w, .]*)\\)|for ([\\w, ]+) (?:=|in) ");

    /** Words that name nothing of ours, and are in most lines. */
    private static final Set<String> OF_LUA = Set.of(
            "local",
            "function",
            "return",
            "end",
            "if",
            "then",
            "else",
            "elseif",
            "for",
            "in",
            "do",
            "while",
            "repeat",
            "until",
            "and",
            "or",
            "not",
            "nil",
            "true",
            "false",
            "redis");

    /**
     * A line.
     *
     * @param text what stands there
     * @param depth by how much it is indented
     * @param names what it names, but not fields, nor what is in quotes
     * @param declaresHere what it declares for the rest of its block, and does not name before
     * @param declaresWithin what it declares for the block that it begins
     */
    private record Line(
            String text, int depth, List<String> names, Set<String> declaresHere, Set<String> declaresWithin) {

        static Line of(String text) {
            if (text.indexOf('"') >= 0 || text.contains("\\'")) {
                throw new IllegalArgumentException("text that is not in single quotes, or has one: " + text);
            }
            String stripped = text.stripLeading();
            return new Line(
                    text,
                    text.length() - stripped.length(),
                    names(text),
                    stripped.startsWith("local ") ? declaredHere(stripped) : Set.of(),
                    text.contains("function") || text.contains("for ") ? declaredWithin(text) : Set.of());
        }

        private static List<String> names(String text) {
            List<String> names = new ArrayList<>();
            boolean quoted = false;
            int begin = -1;
            for (int i = 0; i <= text.length(); i++) {
                char c = i < text.length() ? text.charAt(i) : ' ';
                boolean inName = !quoted && (Character.isLetterOrDigit(c) || c == '_');
                if (!inName && begin >= 0 && !isField(text, begin)) {
                    String name = text.substring(begin, i);
                    if (!OF_LUA.contains(name)) {
                        names.add(name);
                    }
                }
                begin = !inName ? -1 : begin < 0 ? i : begin;
                quoted ^= c == '\'';
            }
            return names;
        }

        private static Set<String> declaredHere(String text) {
            Matcher local = LOCAL.matcher(text);
            if (!local.matches()) {
                throw new IllegalArgumentException("cannot tell what is declared by: " + text);
            }
            if (local.group(1) != null) {
                return Set.of(local.group(1));
            }
            Set<String> declared = new HashSet<>(List.of(local.group(2).strip().split(", ")));
            names(local.group(3)).forEach(declared::remove);
            return declared;
        }

        private static Set<String> declaredWithin(String text) {
            Set<String> declared = new HashSet<>();
            Matcher opening = OPENING.matcher(text);
            while (opening.find()) {
                String found = opening.group(1) != null ? opening.group(1) : opening.group(2);
                declared.addAll(List.of(found.split(", ")));
            }
            return declared;
        }

        /** What is behind one dot; two join texts. */
        private static boolean isField(String text, int begin) {
            return begin > 0 && text.charAt(begin - 1) == '.' && (begin < 2 || text.charAt(begin - 2) != '.');
        }

        boolean opensPart() {
            return depth > 0 && text.endsWith(WITHIN);
        }

        Line deeper(int by) {
            return new Line(" ".repeat(by) + text, depth + by, names, declaresHere, declaresWithin);
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

    /**
     * Returns the lines of a script as they are to be. No line of it is a comment, but for marks, and texts are in single
     * quotes and have none.
     */
    static List<String> placed(List<String> script) {
        List<Line> before;
        List<Line> lines = withoutUnused(script.stream().map(Line::of).toList());
        do {
            before = lines;
            lines = moved(before);
        } while (!lines.equals(before));
        return lines.stream().filter(line -> !line.opensPart()).map(Line::text).toList();
    }

    /** Leaves out what nothing uses, or only what is left out. */
    private static List<Line> withoutUnused(List<Line> lines) {
        Map<String, Definition> unused = definitions(lines);
        Map<String, BitSet> uses = uses(unused, lines);
        BitSet stays = new BitSet();
        stays.set(0, lines.size());
        unused.values().forEach(one -> stays.clear(one.span().from(), one.span().to()));
        boolean found = true;
        while (found) {
            found = unused.entrySet().removeIf(one -> {
                boolean isUsed = usesOf(one.getKey(), uses).intersects(stays);
                if (isUsed) {
                    stays.set(
                            one.getValue().span().from(), one.getValue().span().to());
                }
                return isUsed;
            });
        }
        return changed(lines, unused.values().stream().map(Definition::span).toList(), Map.of());
    }

    /** Moves what only parts use into these; what only that used can be moved the next time. */
    private static List<Line> moved(List<Line> lines) {
        Map<Span, List<Span>> users = users(lines);
        Map<Integer, List<Line>> added = new HashMap<>();
        List<Span> moved = new ArrayList<>();
        users.forEach((span, parts) -> {
            // Into what is itself moved it comes when that is where it belongs.
            if (parts.stream()
                    .anyMatch(part -> users.keySet().stream().anyMatch(other -> other.contains(part.from())))) {
                return;
            }
            moved.add(span);
            for (Span part : parts) {
                int depth = lines.get(part.from()).depth();
                List<Line> here = added.computeIfAbsent(part.from(), none -> new ArrayList<>());
                lines.subList(span.from(), span.to()).forEach(line -> here.add(line.deeper(depth)));
            }
        });
        return changed(lines, moved, added);
    }

    /** Returns what can be moved, with the parts that use it. */
    private static Map<Span, List<Span>> users(List<Line> lines) {
        List<Span> parts = parts(lines);
        if (parts.isEmpty()) {
            return Map.of();
        }
        Map<String, Definition> definitions = definitions(lines);
        Map<String, BitSet> uses = uses(definitions, lines);
        Map<Span, List<Span>> users = new LinkedHashMap<>();
        definitions.forEach((name, definition) -> {
            Span span = definition.span();
            BitSet elsewhere = (BitSet) usesOf(name, uses).clone();
            List<Span> here = new ArrayList<>();
            for (Span part : parts) {
                if (part.contains(elsewhere.nextSetBit(part.from()))) {
                    elsewhere.clear(part.from(), part.to());
                    here.add(part);
                }
            }
            if (definition.canMove()
                    && elsewhere.isEmpty()
                    && here.stream().allMatch(part -> meansTheSame(span, part, lines))) {
                users.put(span, here);
            }
        });
        return users;
    }

    /** Returns whether what these lines name and do not declare is the same where a part begins. */
    private static boolean meansTheSame(Span span, Span part, List<Line> lines) {
        Set<String> named = new HashSet<>();
        lines.subList(span.from(), span.to()).forEach(line -> named.addAll(line.names()));
        lines.subList(span.from(), span.to()).forEach(line -> {
            named.removeAll(line.declaresHere());
            named.removeAll(line.declaresWithin());
        });
        int least = lines.get(part.from()).depth();
        for (int i = part.from() - 1; i >= span.to(); i--) {
            Line line = lines.get(i);
            if ((line.depth() <= least && !disjoint(line.declaresHere(), named))
                    || (line.depth() < least && !disjoint(line.declaresWithin(), named))) {
                return false;
            }
            least = Math.min(least, line.depth());
        }
        return true;
    }

    private static List<Line> changed(List<Line> lines, List<Span> without, Map<Integer, List<Line>> with) {
        BitSet gone = new BitSet();
        without.forEach(span -> gone.set(span.from(), span.to()));
        List<Line> after = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!gone.get(i)) {
                after.add(lines.get(i));
            }
            after.addAll(with.getOrDefault(i, List.of()));
        }
        return after;
    }

    /** Returns the parts within blocks that are within no other: each ends with its block. */
    private static List<Span> parts(List<Line> lines) {
        List<Span> parts = new ArrayList<>();
        int end = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (i >= end && lines.get(i).opensPart()) {
                end = endOfBlock(i, lines.get(i).depth(), lines);
                parts.add(new Span(i, end));
            }
        }
        return parts;
    }

    /** Returns where else than in its definition each is used, but for blocks that have one of the same name of their own. */
    private static Map<String, BitSet> uses(Map<String, Definition> definitions, List<Line> lines) {
        Map<String, BitSet> uses = new HashMap<>();
        Map<String, Integer> anewUntil = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            for (String name : line.names()) {
                Definition definition = definitions.get(name);
                if (definition == null || definition.span().contains(i) || anewUntil.getOrDefault(name, 0) > i) {
                    continue;
                }
                if (line.depth() > 0 && line.declaresHere().contains(name)) {
                    anewUntil.put(name, endOfBlock(i, line.depth(), lines));
                } else {
                    uses.computeIfAbsent(name, none -> new BitSet()).set(i);
                }
            }
        }
        return uses;
    }

    private static BitSet usesOf(String name, Map<String, BitSet> uses) {
        return uses.getOrDefault(name, new BitSet());
    }

    /** Returns the first line from here on that is less deep. */
    private static int endOfBlock(int from, int depth, List<Line> lines) {
        int end = from;
        while (end < lines.size() && lines.get(end).depth() >= depth) {
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
            Span span = new Span(i, endOfStatement(i, lines));
            Stream.of(FUNCTION, CONSTANT, VALUE)
                    .map(pattern -> pattern.matcher(line))
                    .filter(Matcher::matches)
                    .findFirst()
                    .ifPresent(found -> definitions.put(
                            found.group(1),
                            new Definition(span, !found.pattern().equals(VALUE))));
        }
        return definitions;
    }

    private static int endOfStatement(int from, List<Line> lines) {
        int end = endOfBlock(from + 1, 1, lines);
        boolean closes = end < lines.size()
                && List.of("end", "}").contains(lines.get(end).text());
        return closes ? end + 1 : end;
    }
}
