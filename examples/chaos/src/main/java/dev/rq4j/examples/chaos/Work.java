package dev.rq4j.examples.chaos;

import dev.rq4j.job.Task;
import java.util.List;

/**
 * What the jobs do.
 *
 * @param millis how long it takes
 * @param failures how many attempts fail before one does not
 */
record Work(int millis, int failures) {

    static final Task<Work, String> TASK = Task.of("chaos.work", Work.class, String.class);
    static final List<String> QUEUES = List.of("first", "second");
}
