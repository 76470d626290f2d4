package dev.rq4j.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What should be: the rules of jobs in plain Java, for one step after the other. This is what there is, and its clock. */
final class World {

    /** How jobs come. */
    final Arrivals arrivals = new Arrivals(this);
    /** What attempts at them lead to. */
    final Runs runs = new Runs(this);
    /** How they end. */
    final Ends ends = new Ends(this);
    /** In which order they wait. */
    final Lines lines = new Lines(this);

    final Starts starts = new Starts(this);

    /** Which job has a unique key. */
    final Map<String, String> holders = new HashMap<>();
    /** Keys that are held for a time. */
    final Map<String, Integer> heldUntil = new HashMap<>();

    /** Queues that hand out nothing. */
    final Set<String> paused = new TreeSet<>();
    /** Until when nothing is handed out at all. */
    int suspendedUntil;

    private final Map<String, Life> lives = new LinkedHashMap<>();
    private int now;

    int now() {
        return now;
    }

    boolean isSuspended() {
        return suspendedUntil > now;
    }

    Collection<Life> lives() {
        return lives.values();
    }

    @Nullable
    Life life(String id) {
        return lives.get(id);
    }

    void add(Life life) {
        lives.put(life.id, life);
    }

    boolean exists(String id) {
        Life life = lives.get(id);
        return life != null && life.state != State.GONE;
    }

    boolean isUnended(String id) {
        return exists(id) && !lives.get(id).state.hasEnded();
    }

    List<Life> in(State... states) {
        List<State> wanted = List.of(states);
        return lives.values().stream()
                .filter(life -> wanted.contains(life.state))
                .toList();
    }

    /** Returns the jobs of a group that are there. */
    List<Life> members(String group) {
        return lives.values().stream()
                .filter(life -> life.state != State.GONE && group.equals(life.wish.group))
                .toList();
    }

    /** Lets a job wait for what it has to wait for: in its queue, at the front or at the back, if that is for nothing. */
    void place(Life life, boolean front) {
        if (!life.missing.isEmpty()) {
            life.state = State.BLOCKED;
        } else if (life.due > now) {
            life.state = State.DELAYED;
        } else {
            life.state = State.READY;
            lines.push(life, front);
        }
    }

    void promote(String queue) {
        for (Life life : in(State.DELAYED)) {
            if (life.queue.equals(queue) && life.due <= now) {
                promote(life);
            }
        }
    }

    void reschedule(Life life, int after) {
        life.due = now + after;
        if (after == 0) {
            promote(life);
        }
    }

    private void promote(Life life) {
        place(life, life.againAtFront == null ? life.wish.front : life.againAtFront);
        life.againAtFront = null;
    }

    void move(Life life, String queue, boolean front) {
        if (!life.queue.equals(queue)) {
            life.queue = queue;
            if (life.state == State.READY) {
                lines.push(life, front);
            }
        }
    }

    void retain(Life life, Keep keep) {
        if (life.state.hasEnded() && keep.units == 0) {
            ends.delete(life);
            return;
        }
        life.result = keep;
        life.failure = keep;
        if (life.state.hasEnded()) {
            life.goneAt = keep.units < 0 ? Life.NEVER : now + keep.units;
        }
    }

    /** Lets one unit of time pass: what was kept until then is gone. */
    void tick() {
        now++;
        holders.keySet().removeIf(key -> heldUntil.get(key) <= now);
        for (Life life : lives.values()) {
            if (life.state.hasEnded() && life.goneAt <= now) {
                life.state = State.GONE;
            }
        }
    }

    /** Takes back what waited for too long, and what waits for those that are gone. */
    void expire() {
        for (Life life : new ArrayList<>(lives.values())) {
            if (life.state.waits() && life.expires <= now) {
                life.eitherWay = life.state == State.BLOCKED;
                ends.delete(life);
            }
        }
        for (Life life : in(State.GONE)) {
            ends.tell(life.id, State.GONE, true);
        }
    }
}
