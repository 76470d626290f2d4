package dev.rq4j.worker;

import dev.rq4j.codec.OwnTasks;
import dev.rq4j.job.JobException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a worker can do. Only what is registered here ever runs: nothing in a payload names a class. */
final class Handlers {

    static final Handlers NONE = new Handlers(Map.of());

    private final Map<String, Handler<?, ?>> byTask;

    Handlers(Map<String, Handler<?, ?>> byTask) {
        this.byTask = Map.copyOf(byTask);
    }

    @Nullable
    Handler<?, ?> find(String task) {
        return byTask.get(task);
    }

    Handlers with(Handler<?, ?> handler) {
        Map<String, Handler<?, ?>> more = new HashMap<>(byTask);
        more.put(handler.task().name(), handler);
        return new Handlers(more);
    }

    /** Names those of the application: its own are what it looks for. */
    JobException.UnknownTask unknown(String task) {
        return new JobException.UnknownTask(
                task,
                byTask.keySet().stream()
                        .filter(known -> !OwnTasks.isOne(known))
                        .sorted()
                        .toList());
    }
}
