package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what scripts return: numbers, bytes, nil, and lists of these. */
final class Answers {

    private Answers() {}

    static boolean isOne(@Nullable Object answer) {
        return number(answer) == 1;
    }

    static long number(@Nullable Object answer) {
        if (answer instanceof Long number) {
            return number;
        }
        throw unexpected("a number", answer);
    }

    static byte @Nullable [] bytesOrNull(@Nullable Object answer) {
        if (answer == null || answer instanceof byte[]) {
            return (byte[]) answer;
        }
        throw unexpected("bytes", answer);
    }

    static @Nullable String textOrNull(@Nullable Object answer) {
        byte[] bytes = bytesOrNull(answer);
        return bytes == null ? null : Args.text(bytes);
    }

    static String text(@Nullable Object answer) {
        String text = textOrNull(answer);
        if (text == null) {
            throw unexpected("bytes", null);
        }
        return text;
    }

    static List<?> list(@Nullable Object answer) {
        if (answer instanceof List<?> list) {
            return list;
        }
        throw unexpected("a list", answer);
    }

    static List<String> texts(@Nullable Object answer) {
        return list(answer).stream().map(Answers::text).toList();
    }

    /** Reads a list of names and values. */
    static Map<String, byte[]> pairs(@Nullable Object answer) {
        List<?> list = list(answer);
        Map<String, byte[]> pairs = new HashMap<>();
        for (int i = 0; i + 1 < list.size(); i += 2) {
            byte[] value = bytesOrNull(list.get(i + 1));
            if (value != null) {
                pairs.put(text(list.get(i)), value);
            }
        }
        return pairs;
    }

    private static JobException unexpected(String expected, @Nullable Object answer) {
        String came = answer == null ? "nothing" : answer.getClass().getSimpleName();
        return new JobException.ServerError("a script was to answer with " + expected + ", but came " + came, null);
    }
}
