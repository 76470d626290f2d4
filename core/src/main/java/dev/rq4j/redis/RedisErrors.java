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

    /** Returns whether who has time may wait for it to pass, if only for what he himself sent too much of. */
    static boolean isPassing(Throwable error) {
        return isTransient(error) || error instanceof JobException.Overloaded;
    }

    /** Returns whether it may be different in a moment. */
    static boolean isTransient(Throwable error) {
        return error instanceof JobException.ServerUnavailable;
    }

    private static JobException ofAnswer(RedisCommandExecutionException answer) {
        String message = message(answer);
        String code = message.split(" ", 2)[0].toUpperCase(Locale.ROOT);
        String said = "Redis says: " + message;
        return switch (code) {
            case "NOAUTH", "WRONGPASS", "NOPERM" -> new JobException.AccessDenied(said, answer);
            case "READONLY" -> new JobException.ServerReadOnly(said, answer);
            case "OOM" -> new JobException.ServerFull(said, answer);
            case "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "MISCONF", "UNBLOCKED" ->
                new JobException.ServerUnavailable(said, answer);
            default ->
                message.contains("invalid password") || message.contains("without any password configured")
                        ? new JobException.AccessDenied(said, answer)
                        : new JobException.ServerError(said, answer);
        };
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
