package dev.rq4j.model;

import dev.rq4j.job.Dependency.OnParentFailure;
import dev.rq4j.job.JobOptions.IfExists;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes up jobs. Most ask for nothing, and some for a lot. */
final class Wishes {

    static final List<String> QUEUES = List.of("a", "b", "c");

    static final String GROUP = "group";

    private static final List<State> CALLBACKS = List.of(State.FINISHED, State.FAILED, State.STOPPED);

    private final Random random;
    private final World world;
    private int made;

    Wishes(Random random, World world) {
        this.random = random;
        this.world = world;
    }

    Wish any() {
        boolean named = chance(15);
        Wish wish = new Wish(named ? "name" + random.nextInt(4) : "j" + made++, queue());
        wish.tokened = named || chance(10);
        wish.ifExists = one(IfExists.values());
        if (chance(10)) {
            key(wish);
        }
        if (chance(35)) {
            kin(wish);
        }
        fill(wish);
        while (chance(15)) {
            wish.callbacks.add(callback(2));
        }
        return wish;
    }

    /** Jobs of which each takes the result of the one before. */
    List<Wish> chain() {
        List<Wish> chain = new ArrayList<>(List.of(any()));
        for (int i = 0; i <= random.nextInt(2); i++) {
            Wish before = chain.get(i);
            Wish link = next(queue());
            link.parents = List.of(before.id);
            link.inputFrom = chance(80) ? before.id : null;
            link.fate = OnParentFailure.CANCEL;
            if (chance(10)) {
                key(link);
            }
            chain.add(link);
        }
        return chain;
    }

    /** A job of a cron entry: one of many, and so with nothing of its own. */
    Wish periodic(String name) {
        Wish wish = new Wish(name, queue());
        fill(wish);
        wish.dated = false;
        wish.group = null;
        if (chance(40)) {
            key(wish);
        }
        return wish;
    }

    private void key(Wish wish) {
        wish.unique = "thing" + random.nextInt(2);
        wish.uniqueFor = chance(30) ? 1 + random.nextInt(2) : 0;
        wish.ifTaken = one(IfExists.values());
    }

    /** A job that follows upon the end of another. */
    Wish next(String queue) {
        Wish wish = new Wish("n" + made++, queue);
        wish.tokened = true;
        fill(wish);
        return wish;
    }

    private Wish callback(int depth) {
        Wish wish = new Wish("c" + made++, queue());
        wish.runIf = one(CALLBACKS.toArray(State[]::new));
        wish.fate = OnParentFailure.RUN;
        fill(wish);
        if (depth > 1 && chance(20)) {
            wish.callbacks.add(callback(depth - 1));
        }
        return wish;
    }

    private void fill(Wish wish) {
        wish.front = chance(10);
        wish.delay = chance(15) ? 1 + random.nextInt(3) : 0;
        wish.dated = chance(wish.delay > 0 ? 40 : 5);
        wish.ttl = chance(15) ? wish.delay + 1 + random.nextInt(2) : 0;
        if (chance(20)) {
            wish.retries = 1 + random.nextInt(3);
            wish.retryAfter = intervals();
            wish.jittered = chance(40);
            wish.retryAtFront = chance(40);
        }
        if (chance(10)) {
            wish.repeats = 1 + random.nextInt(3);
            wish.repeatAfter = intervals();
        }
        wish.maxRecoveries = random.nextInt(3);
        if (chance(15)) {
            wish.room = 1 + random.nextInt(2);
            wish.limit = "room" + wish.room;
        }
        if (chance(10)) {
            wish.starts = 1 + random.nextInt(2);
            wish.period = wish.starts;
            wish.rate = "rate" + wish.starts;
        }
        wish.group = chance(8) ? GROUP : null;
        wish.result = chance(30) ? one(Keep.values()) : Keep.DEFAULT;
        wish.failure = chance(50) ? one(Keep.values()) : Keep.DEFAULT;
    }

    /** Lets it wait for others: mostly for those that are there and yet to end. */
    private void kin(Wish wish) {
        List<String> parents = new ArrayList<>();
        List<Life> candidates = new ArrayList<>(chance(80) ? unended() : world.lives());
        candidates.removeIf(life -> life.id.equals(wish.id));
        for (int i = 0; i <= random.nextInt(3) && !candidates.isEmpty(); i++) {
            parents.add(candidates.remove(random.nextInt(candidates.size())).id);
        }
        if (chance(2)) {
            parents.add("nobody");
        }
        wish.parents = List.copyOf(parents);
        wish.inputFrom = chance(25) && !parents.isEmpty() ? parents.get(random.nextInt(parents.size())) : null;
        wish.fate = one(OnParentFailure.values());
    }

    private List<Life> unended() {
        return world.in(State.READY, State.DELAYED, State.BLOCKED, State.RUNNING);
    }

    private List<Integer> intervals() {
        List<Integer> intervals = new ArrayList<>();
        do {
            intervals.add(random.nextInt(3));
        } while (chance(40));
        return intervals;
    }

    private String queue() {
        return QUEUES.get(random.nextInt(QUEUES.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    @SafeVarargs
    private <T> T one(T... values) {
        return values[random.nextInt(values.length)];
    }
}
