package dev.rq4j.redis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a script, and what it names and declares.
 *
 * @param text what stands there
 * @param depth by how much it is indented
 * @param names what it names, but not fields, nor what is in quotes
 * @param declaresHere what it declares for the rest of its block, and does not name before
 * @param declaresWithin what it declares for the block that it begins
 */
record LuaLine(String text, int depth, List<String> names, Set<String> declaresHere, Set<String> declaresWithin) {

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

    static LuaLine of(String text) {
        if (text.indexOf('"') >= 0 || text.contains("\\'")) {
            throw new IllegalArgumentException("text that is not in single quotes, or has one: " + text);
        }
        String stripped = text.stripLeading();
        return new LuaLine(
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
        return depth > 0 && text.endsWith(LuaDefinitions.WITHIN);
    }

    LuaLine deeper(int by) {
        return new LuaLine(" ".repeat(by) + text, depth + by, names, declaresHere, declaresWithin);
    }
}
