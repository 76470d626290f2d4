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
        List<LuaLine> before;
        List<LuaLine> lines = withoutUnused(script.stream().map(LuaLine::of).toList());
        do {
            before = lines;
            lines = moved(before);
        } while (!lines.equals(before));
        return lines.stream()
                .filter(line -> !line.opensPart())
                .map(LuaLine::text)
                .toList();
    }

    /** Leaves out what nothing uses, or only what is left out. */
    private static List<LuaLine> withoutUnused(List<LuaLine> lines) {
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
    private static List<LuaLine> moved(List<LuaLine> lines) {
        Map<Span, List<Span>> users = users(lines);
        Map<Integer, List<LuaLine>> added = new HashMap<>();
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
                List<LuaLine> here = added.computeIfAbsent(part.from(), none -> new ArrayList<>());
                lines.subList(span.from(), span.to()).forEach(line -> here.add(line.deeper(depth)));
            }
        });
        return changed(lines, moved, added);
    }

    /** Returns what can be moved, with the parts that use it. */
    private static Map<Span, List<Span>> users(List<LuaLine> lines) {
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
    private static boolean meansTheSame(Span span, Span part, List<LuaLine> lines) {
        Set<String> named = new HashSet<>();
        lines.subList(span.from(), span.to()).forEach(line -> named.addAll(line.names()));
        lines.subList(span.from(), span.to()).forEach(line -> {
            named.removeAll(line.declaresHere());
            named.removeAll(line.declaresWithin());
        });
        int least = lines.get(part.from()).depth();
        for (int i = part.from() - 1; i >= span.to(); i--) {
            LuaLine line = lines.get(i);
            if ((line.depth() <= least && !disjoint(line.declaresHere(), named))
                    || (line.depth() < least && !disjoint(line.declaresWithin(), named))) {
                return false;
            }
            least = Math.min(least, line.depth());
        }
        return true;
    }

    private static List<LuaLine> changed(List<LuaLine> lines, List<Span> without, Map<Integer, List<LuaLine>> with) {
        BitSet gone = new BitSet();
        without.forEach(span -> gone.set(span.from(), span.to()));
        List<LuaLine> after = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!gone.get(i)) {
                after.add(lines.get(i));
            }
            after.addAll(with.getOrDefault(i, List.of()));
        }
        return after;
    }

    /** Returns the parts within blocks that are within no other: each ends with its block. */
    private static List<Span> parts(List<LuaLine> lines) {
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
    private static Map<String, BitSet> uses(Map<String, Definition> definitions, List<LuaLine> lines) {
        Map<String, BitSet> uses = new HashMap<>();
        Map<String, Integer> anewUntil = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            LuaLine line = lines.get(i);
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
    private static int endOfBlock(int from, int depth, List<LuaLine> lines) {
        int end = from;
        while (end < lines.size() && lines.get(end).depth() >= depth) {
            end++;
        }
        return end;
    }

    private static Map<String, Definition> definitions(List<LuaLine> lines) {
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

    private static int endOfStatement(int from, List<LuaLine> lines) {
        int end = endOfBlock(from + 1, 1, lines);
        boolean closes = end < lines.size()
                && List.of("end", "}").contains(lines.get(end).text());
        return closes ? end + 1 : end;
    }
}
