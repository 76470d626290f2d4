package dev.rq4j.job;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What names may be made of. Everything that becomes part of a Redis key is checked here, at the door, so that no name
 * can reach into another key, a hash tag or a pattern.
 */
public final class Names {

    private static final int LONGEST_ID = 200;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    /** Half a character would be written as another one, and a format character shows one name as another. */
    private static final Pattern ANY_WORKER = Pattern.compile("[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]{1,255}");

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,64}|\\{[A-Za-z0-9._-]{1,64}}");
    private static final Pattern UNPRINTABLE = Pattern.compile("(?s)[^\\x20-\\x7e]");
    private static final Pattern TASK = Pattern.compile("[A-Za-z0-9_.$:/-]{1,256}");

    /** What the names of rq4j's own tasks begin with. */
    public static final String RESERVED_TASKS = "rq4j.";

    private Names() {}

    /** Returns the id when it is one to two hundred of {@code A-Z a-z 0-9 _ -}, as Python RQ demands. */
    public static String id(String id) {
        if (id == null || !isId(id)) {
            throw refusal(id, "a job id", "1 to 200 of A-Z a-z 0-9 _ -");
        }
        return id;
    }

    /** Returns whether this could be a job id. Every job's is looked at several times: a pattern would take too long. */
    public static boolean isId(String id) {
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (!isOfId(id.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfId(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    }

    /** Returns the name of a queue when it is well formed. */
    public static String queue(String name) {
        return check(NAME, name, "a queue name", "1 to 128 of A-Z a-z 0-9 . _ -");
    }

    /** Returns the name of a worker when it is well formed. */
    public static String worker(String name) {
        return check(NAME, name, "a worker name", "1 to 128 of A-Z a-z 0-9 . _ -");
    }

    /** Returns the name of a group when it is well formed. */
    public static String group(String name) {
        return check(NAME, name, "a group name", "1 to 128 of A-Z a-z 0-9 . _ -");
    }

    /**
     * Returns the name of a worker that is not ours when it can be one: Python RQ takes any text. Control characters and
     * absurd lengths are refused.
     */
    public static String anyWorker(String name) {
        return check(ANY_WORKER, name, "the name of a worker", "1 to 255 characters that can be printed");
    }

    /** Returns the name of a cron entry when it is well formed. */
    public static String cron(String name) {
        return check(NAME, name, "the name of a cron entry", "1 to 128 of A-Z a-z 0-9 . _ -");
    }

    /** Returns the key prefix when it is a plain name or, for Redis Cluster, a name in braces. */
    public static String prefix(String prefix) {
        return check(PREFIX, prefix, "a key prefix", "1 to 64 of A-Z a-z 0-9 . _ -, which may stand in { }");
    }

    /** Returns the name of a task when it is well formed; a dotted path is what Python can import. */
    public static String task(String name) {
        return check(TASK, name, "a task name", "1 to 256 of A-Z a-z 0-9 _ . $ : / -");
    }

    private static String check(Pattern pattern, @Nullable String text, String what, String expected) {
        if (text == null || !pattern.matcher(text).matches()) {
            throw refusal(text, what, expected);
        }
        return text;
    }

    private static JobException refusal(@Nullable String text, String what, String expected) {
        return new JobException.Invalid(what + " must be " + expected + ", but was " + shown(text));
    }

    /** Whether each character is a whole one: half of one would be written as another, and so name another thing. */
    static boolean isWhole(String text) {
        return text.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE);
    }

    /** A hostile name is quoted short, and what cannot be printed by its number: it ends up in logs. */
    public static String shown(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        String cut = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        return '"' + UNPRINTABLE.matcher(cut).replaceAll(Names::escaped) + '"';
    }

    private static String escaped(MatchResult found) {
        return found.group().chars().mapToObj("\\\\u%04x"::formatted).collect(Collectors.joining());
    }
}
