package dev.rq4j.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which errors a retry is for. Classes are known by their names, which are compared and never loaded: a name can come
 * from anybody who can write to Redis.
 *
 * @param only names of classes and interfaces, one of which the error has to be; empty for any
 * @param never names of classes and interfaces, none of which the error may be; they win
 */
public record ErrorFilter(List<String> only, List<String> never) {

    /** Every error. */
    public static final ErrorFilter ANY = new ErrorFilter(List.of(), List.of());

    private static final int MAX_NAMES = 100;

    /** Refuses more than a hundred names, with {@link JobException.Invalid}. */
    public ErrorFilter {
        only = List.copyOf(only);
        never = List.copyOf(never);
        Checks.within("the number of classes in onlyFor", 0, MAX_NAMES, only.size());
        Checks.within("the number of classes in neverFor", 0, MAX_NAMES, never.size());
    }

    ErrorFilter withOnly(Class<?>... classes) {
        return new ErrorFilter(names(classes), never);
    }

    ErrorFilter withNever(Class<?>... classes) {
        return new ErrorFilter(only, names(classes));
    }

    /** Returns whether an error may be retried: by its class, the classes above, and the interfaces of all of them. */
    public boolean admits(Throwable error) {
        if (only.isEmpty() && never.isEmpty()) {
            return true;
        }
        Set<String> names = kindsOf(error.getClass());
        return never.stream().noneMatch(names::contains)
                && (only.isEmpty() || only.stream().anyMatch(names::contains));
    }

    private static Set<String> kindsOf(Class<?> type) {
        Set<String> names = new HashSet<>();
        Deque<Class<?>> open = new ArrayDeque<>(List.of(type));
        while (!open.isEmpty()) {
            Class<?> next = open.pop();
            if (names.add(next.getName())) {
                open.addAll(List.of(next.getInterfaces()));
                if (next.getSuperclass() != null) {
                    open.add(next.getSuperclass());
                }
            }
        }
        return names;
    }

    private static List<String> names(Class<?>... classes) {
        return Stream.of(classes).map(Class::getName).distinct().toList();
    }
}
