package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * In which order the jobs of a queue wait: first come, first served, but for those that were to go to the front. Of several
 * that come in one step, any can come first. A job that a limit may hold back stands in no line.
 */
final class Lines {

    private final World world;
    private final Map<String, List<String>> lines = new HashMap<>();
    /** Who has come since the last look, and whether to the front. */
    private final Map<String, Boolean> fresh = new LinkedHashMap<>();

    Lines(World world) {
        this.world = world;
    }

    void push(Life life, boolean front) {
        fresh.put(life.id, front);
    }

    /** Checks that these are the first of the line. */
    void areFirst(String queue, List<String> ids) {
        List<String> claimed = ids.stream().filter(this::isPlain).toList();
        assertThat(line(queue).stream().limit(claimed.size()))
                .as("first in queue %s", queue)
                .containsExactlyElementsOf(claimed);
    }

    /** Checks the ids in a queue against those that waited before and those that have come since. */
    void check(String queue, List<String> ids) {
        List<String> front = coming(queue, true);
        List<String> back = coming(queue, false);
        List<String> stayed = line(queue).stream()
                .filter(id -> waitsIn(queue, id) && !fresh.containsKey(id))
                .toList();
        List<String> found = ids.stream().filter(this::isPlain).toList();
        assertThat(found).as("queue %s", queue).hasSize(front.size() + stayed.size() + back.size());
        int first = front.size();
        int last = first + stayed.size();
        assertThat(found.subList(0, first)).as("come to the front of %s", queue).hasSameElementsAs(front);
        assertThat(found.subList(first, last)).as("waiting in %s", queue).isEqualTo(stayed);
        assertThat(found.subList(last, found.size()))
                .as("come to the back of %s", queue)
                .hasSameElementsAs(back);
        lines.put(queue, new ArrayList<>(found));
    }

    /** To be called when all queues are checked. */
    void looked() {
        fresh.clear();
    }

    private List<String> line(String queue) {
        return lines.computeIfAbsent(queue, none -> new ArrayList<>());
    }

    private List<String> coming(String queue, boolean front) {
        return fresh.keySet().stream()
                .filter(id -> waitsIn(queue, id) && fresh.get(id) == front)
                .toList();
    }

    private boolean waitsIn(String queue, String id) {
        Life life = world.life(id);
        return isPlain(id) && life.state == State.READY && life.queue.equals(queue);
    }

    private boolean isPlain(String id) {
        Life life = world.life(id);
        return life != null && life.wish.limit == null && life.wish.rate == null;
    }
}
