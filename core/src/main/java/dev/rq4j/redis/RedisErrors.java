package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in our words what went wrong at Redis, and whether the same request may be sent again. */
final class RedisErrors {

    private static final String ARGUMENTS = ", with args beginning with";

    private RedisErrors() {}

    /**
     * Returns the typed error for anything that the driver signalled. Everything that is over when time passes is
     * {@link JobException.ServerUnavailable}.
     */
    static Throwable typed(Throwable error) {
        if (error instanceof JobException || error instanceof Error) {
            return error;
        }
        RedisCommandExecutionException answer = find(error, RedisCommandExecutionException.class);
        if (answer != null) {
            return ofAnswer(answer);
        }
        SSLException untrusted = find(error, SSLException.class);
        if (untrusted != null) {
            return new JobException.ServerUnavailable(
                    "no TLS connection to Redis, which must show a certificate that is trusted, is valid now and has its name, "
                            + "and may ask for one: " + deepest(untrusted),
                    error);
        }
        if (error instanceof RedisCommandTimeoutException) {
            return new JobException.ServerUnavailable("Redis did not answer in time: " + error.getMessage(), error);
        }
        if (error instanceof RedisException && message(error).contains("size exceeded")) {
            return new JobException.Overloaded(
                    "more commands wait for Redis than the client holds: " + error.getMessage(), error);
        }
        if (error instanceof RedisException || error instanceof IOException) {
            return new JobException.ServerUnavailable("Redis cannot be reached: " + reason(error), error);
        }
        return error;
    }

    /** What follows from what the server answered. */
    enum Meaning {
        /** It passes by itself: the same request may be sent again. */
        LATER,
        /** Another server, behind the same name, would do it: connect anew, and send it again. */
        RECONNECT,
        /** Somebody must do something, make room or give rights, before it makes sense to go on. */
        STOP,
        /** No server says this to a client that is right: wrong data under a key of ours, or a fault in a script. */
        BUG
    }

    /**
     * Returns what an answer means. A script that is not known is no error: its text is sent. {@code MOVED} and {@code ASK}
     * come from a cluster, of which we know one server.
     */
    static Meaning meaning(RedisCommandExecutionException answer) {
        String message = message(answer);
        return switch (code(message)) {
            case "LOADING",
                    "BUSY",
                    "MISCONF",
                    "MASTERDOWN",
                    "CLUSTERDOWN",
                    "TRYAGAIN",
                    "NOREPLICAS",
                    "UNBLOCKED",
                    "NOSCRIPT" -> Meaning.LATER;
            case "READONLY" -> Meaning.RECONNECT;
            case "OOM", "NOAUTH", "WRONGPASS", "NOPERM" -> Meaning.STOP;
            default -> {
                if (message.contains("max number of clients")) {
                    yield Meaning.LATER;
                }
                yield isOfPassword(message) ? Meaning.STOP : Meaning.BUG;
            }
        };
    }

    /** Returns whether who has time may wait for it to pass, if only for what he himself sent too much of. */
    static boolean isPassing(Throwable error) {
        return isTransient(error) || error instanceof JobException.Overloaded;
    }

    /** Returns whether it may be different in a moment, if only because another connection leads elsewhere. */
    static boolean isTransient(Throwable error) {
        return error instanceof JobException.ServerUnavailable || error instanceof JobException.ServerReadOnly;
    }

    private static JobException ofAnswer(RedisCommandExecutionException answer) {
        String message = message(answer);
        int quoted = message.indexOf(ARGUMENTS);
        // A server that does not know a command quotes what came with it: that can be a payload.
        RedisCommandExecutionException cause = quoted < 0 ? answer : null;
        String said = "Redis says: " + (quoted < 0 ? message : message.substring(0, quoted));
        return switch (meaning(answer)) {
            case LATER -> new JobException.ServerUnavailable(said, cause);
            case RECONNECT -> new JobException.ServerReadOnly(said, cause);
            case STOP ->
                code(message).equals("OOM")
                        ? new JobException.ServerFull(said, cause)
                        : new JobException.AccessDenied(said, cause);
            case BUG -> new JobException.ServerError(said, cause);
        };
    }

    /** These have no code of their own. */
    private static boolean isOfPassword(String message) {
        return message.contains("invalid password") || message.contains("without any password configured");
    }

    private static String code(String message) {
        return message.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    }

    private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    private static String deepest(Throwable error) {
        Throwable deepest = error;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return message(deepest);
    }

    private static String reason(Throwable error) {
        Throwable cause = error.getCause();
        return cause == null ? message(error) : message(error) + " (" + message(cause) + ")";
    }

    private static String message(Throwable error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }
}
