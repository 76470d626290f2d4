package dev.rq4j.job;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a job's history: how one attempt ended. What is absent or cannot be read is null.
 *
 * @param type how it ended
 * @param recorded when that was recorded, by the clock of Redis; of a first attempt that ended well, by that of its
 *     worker, and none that comes later is recorded before it
 * @param started when the attempt began, by the clock of its worker
 * @param ended when the attempt ended, by the clock of its worker
 * @param worker the name of the worker
 * @param execution the id of the attempt
 * @param trace the stack trace or traceback; null where nothing went wrong
 * @param returned reads what was returned as a type; see {@link #value(Class)}
 */
public record JobResult(
        Type type,
        Instant recorded,
        @Nullable Instant started,
        @Nullable Instant ended,
        @Nullable String worker,
        @Nullable String execution,
        @Nullable String trace,
        Function<java.lang.reflect.Type, @Nullable Object> returned) {

    /** How an attempt ended. The numbers on the wire are those of Python RQ. */
    public enum Type {
        /** It ended well. */
        SUCCEEDED("1"),
        /** It ended with an error; a job that was stopped while it ran is recorded so too, by Python RQ as by us. */
        FAILED("2"),
        /** It was stopped; nobody writes this now. */
        STOPPED("3"),
        /** The handler asked to be called again. */
        RETRIED("4"),
        /** The handler asked to be called again more often than it may. */
        MAX_RETRIES_EXCEEDED("5"),
        /** A type that this version does not know, written by somebody else. */
        UNKNOWN("");

        private final String number;

        Type(String number) {
            this.number = number;
        }

        /** Reads a type leniently: what is not known is {@link #UNKNOWN}, never an error. */
        public static Type ofWire(@Nullable String number) {
            for (Type type : values()) {
                if (type.number.equals(number)) {
                    return type;
                }
            }
            return UNKNOWN;
        }
    }

    /**
     * Returns what the attempt returned; null for nothing, which is all that one that failed returns.
     *
     * @throws JobException.Unreadable when it is not of this type
     */
    public <T> @Nullable T value(Class<T> type) {
        return read(type);
    }

    /** Returns what the attempt returned as {@link #value(Class)} does, for types that have parameters of their own. */
    public <T> @Nullable T value(TypeRef<T> type) {
        return read(type.type());
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the codec makes a value of the type it is given
    private <T> @Nullable T read(java.lang.reflect.Type type) {
        return (T) returned.apply(type);
    }

    /** Names the attempt and never what it returned. */
    @Override
    public String toString() {
        return "JobResult[" + type + " " + recorded + "]";
    }
}
