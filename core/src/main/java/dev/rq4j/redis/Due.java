package dev.rq4j.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is due, and when the next thing will be.
 *
 * @param deadlines whether waiting jobs are to be looked at
 * @param turns whether a key has a start free
 * @param dependents whether there are dependents yet to be told
 * @param cron whether an entry is to fire
 * @param queues the queues with scheduled jobs that are due
 * @param next how long until the next thing that is not due yet; null when there is none
 */
public record Due(
        boolean deadlines,
        boolean turns,
        boolean dependents,
        boolean cron,
        List<String> queues,
        @Nullable Duration next) {

    private static final int FIRST_QUEUE = 4;

    static Due of(List<String> queues, List<Object> answer) {
        List<String> due = new ArrayList<>();
        for (int i = 0; i < queues.size(); i++) {
            if (isDue(answer.get(FIRST_QUEUE + i))) {
                due.add(queues.get(i));
            }
        }
        Duration next = answer.stream()
                .filter(Long.class::isInstance)
                .map(Long.class::cast)
                .filter(millis -> millis > 0)
                .min(Long::compare)
                .map(Duration::ofMillis)
                .orElse(null);
        return new Due(
                isDue(answer.get(0)), isDue(answer.get(1)), isDue(answer.get(2)), isDue(answer.get(3)), due, next);
    }

    private static boolean isDue(@Nullable Object millis) {
        return millis instanceof Long when && when <= 0;
    }
}
