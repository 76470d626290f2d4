package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what scripts return: numbers, bytes, nil, and lists of these. */
final class Answers {

    private Answers() {}

    static boolean isOne(@Nullable Object answer) {
        return number(answer) == 1;
    }

    static long number(@Nullable Object answer) {
        return answer instanceof Long number ? number : unexpected("a number", answer);
    }

    static byte @Nullable [] bytesOrNull(@Nullable Object answer) {
        return answer == null || answer instanceof byte[] ? (byte[]) answer : unexpected("bytes", answer);
    }

    static @Nullable String textOrNull(@Nullable Object answer) {
        byte[] bytes = bytesOrNull(answer);
        return bytes == null ? null : Args.text(bytes);
    }

    static String text(@Nullable Object answer) {
        return Objects.requireNonNullElseGet(textOrNull(answer), () -> unexpected("bytes", null));
    }

    static List<?> list(@Nullable Object answer) {
        return answer instanceof List<?> list ? list : unexpected("a list", answer);
    }

    static List<String> texts(@Nullable Object answer) {
        return list(answer).stream().map(Answers::text).toList();
    }

    private static <T> T unexpected(String expected, @Nullable Object answer) {
        String came = answer == null ? "nothing" : answer.getClass().getSimpleName();
        throw new JobException.ServerError("a script was to answer with " + expected + ", but came " + came, null);
    }
}
