package dev.rq4j.model;

import dev.rq4j.job.Dependency.OnParentFailure;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.redis.ClaimedJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What should be: the rules of jobs in plain Java, for one step after the other. */
final class World {

    /** What becomes of a request: whether the job is made, and what whoever asked is told. */
    record Answer(boolean made, String told) {
        static Answer taken(String by, IfExists ifTaken) {
            return new Answer(false, ifTaken == IfExists.RETURN_EXISTING ? by : "taken by " + by);
        }

        boolean isRefusal() {
            return told.contains(" ");
        }
    }

    private static final int A_YEAR = 31536;

    private final Map<String, Life> lives = new LinkedHashMap<>();
    private final Map<String, String> holders = new HashMap<>();
    /** Keys that are held for a time. */
    private final Map<String, Integer> heldUntil = new HashMap<>();

    /** Queues that hand out nothing. */
    final Set<String> paused = new TreeSet<>();

    private int now;

    int now() {
        return now;
    }

    Collection<Life> lives() {
        return lives.values();
    }

    @Nullable
    Life life(String id) {
        return lives.get(id);
    }

    boolean exists(String id) {
        Life life = lives.get(id);
        return life != null && life.state != State.GONE;
    }

    List<Life> in(State... states) {
        List<State> wanted = List.of(states);
        return lives.values().stream()
                .filter(life -> wanted.contains(life.state))
                .toList();
    }

    /** Says what becomes of a request: that of the job itself, of the one in its way, or none when a parent is missing. */
    Answer answerTo(Wish wish, String id) {
        boolean replaceable = wish.ifExists == IfExists.REPLACE
                && exists(id)
                && lives.get(id).state.waits();
        if (exists(id) && !replaceable) {
            return Answer.taken(id, wish.ifExists);
        }
        String holder = wish.unique == null ? null : holders.get(wish.unique);
        if (holder != null && !holder.equals(id) && wish.ifTaken != IfExists.REPLACE) {
            return Answer.taken(holder, wish.ifTaken);
        }
        if (!wish.parents.stream().allMatch(this::exists)) {
            return new Answer(false, "nobody to wait for");
        }
        return isBehind(id, wish.parents) ? new Answer(false, "would wait for itself") : new Answer(true, id);
    }

    private boolean isBehind(String id, Collection<String> parents) {
        return parents.stream()
                .anyMatch(parent -> parent.equals(id) || (exists(parent) && isBehind(id, lives.get(parent).missing)));
    }

    /** Makes a job that the answer allows. */
    Life make(Wish wish, String id) {
        String other = wish.unique == null ? null : holders.get(wish.unique);
        if (other != null
                && !other.equals(id)
                && exists(other)
                && lives.get(other).state.waits()) {
            delete(lives.get(other));
        }
        Life before = lives.get(id);
        if (before != null && before.state != State.GONE) {
            dropCallbacks(id);
            release(before);
        }
        Life life = new Life(wish, id);
        lives.put(id, life);
        life.due = now + wish.delay;
        life.expires = wish.ttl > 0 ? now + wish.ttl : Life.NEVER;
        if (wish.unique != null) {
            holders.put(wish.unique, id);
            heldUntil.put(wish.unique, wish.uniqueFor > 0 ? now + wish.uniqueFor : Life.NEVER);
        }
        awaitParents(life);
        return life;
    }

    private void awaitParents(Life life) {
        boolean bad = false;
        boolean lost = false;
        for (String parent : life.wish.parents) {
            State state = lives.get(parent).state;
            boolean any = life.wish.fate == OnParentFailure.RUN;
            if (life.waitsForOneEndOf(parent)) {
                lost |= state == State.GONE || (state == State.FINISHED && life.runIf != state);
                if (state != life.runIf) {
                    life.missing.add(parent);
                }
            } else if (state == State.GONE) {
                lost |= !any;
            } else if (state != State.FINISHED && !(any && state.hasEnded())) {
                life.missing.add(parent);
                bad |= state.hasEnded();
            }
        }
        if (life.missing.isEmpty()) {
            life.runIf = null;
        }
        place(life);
        if (lost && life.runIf != null) {
            delete(life);
        } else if (lost || (bad && life.wish.fate == OnParentFailure.CANCEL)) {
            callOff(life, lost);
        }
    }

    private void dropCallbacks(String parent) {
        for (Life child : children(parent)) {
            if (child.waitsForOneEndOf(parent)) {
                delete(child);
            }
        }
    }

    /** Lets a job wait for what it has to wait for. */
    private void place(Life life) {
        if (!life.missing.isEmpty()) {
            life.state = State.BLOCKED;
        } else {
            life.state = life.due > now ? State.DELAYED : State.READY;
        }
    }

    void claim(Life life, ClaimedJob claim, int lease) {
        life.state = State.RUNNING;
        life.runIf = null;
        life.claim = claim;
        life.leasedUntil = now + lease;
        life.waitedUntil = life.expires;
        life.expires = Life.NEVER;
    }

    /** Returns whether the job runs again. */
    boolean finish(Life life) {
        if (life.repeats > 0) {
            life.repeats--;
            life.recoveries = 0;
            life.runs++;
            life.retries += life.failures;
            life.failures = 0;
            again(life, nth(life.wish.repeatAfter, life.runs));
            return true;
        }
        end(life, State.FINISHED, life.result.units);
        return false;
    }

    /** Returns whether the job runs again. */
    boolean fail(Life life, boolean mayRetry) {
        if (mayRetry && life.retries > 0) {
            life.retries--;
            life.failures++;
            again(life, nth(life.wish.retryAfter, life.failures));
            return true;
        }
        endBadly(life, State.FAILED);
        return false;
    }

    /** Returns whether the job runs again. */
    boolean retry(Life life, int times, List<Integer> after) {
        life.asked++;
        if (life.asked > times) {
            endBadly(life, State.FAILED);
            return false;
        }
        again(life, nth(after, life.asked));
        return true;
    }

    void again(Life life, int after) {
        life.due = now + after;
        life.claim = null;
        place(life);
    }

    /** Returns whether the job is queued again, by whoever found its lease run out. */
    boolean recover(Life life) {
        if (life.recoveries < life.wish.maxRecoveries) {
            life.recoveries++;
            again(life, 0);
            return true;
        }
        return fail(life, true);
    }

    void endBadly(Life life, State how) {
        end(life, how, life.failure == Keep.DEFAULT ? A_YEAR : life.failure.units);
    }

    private void end(Life life, State how, int keep) {
        release(life);
        life.state = keep == 0 ? State.GONE : how;
        life.goneAt = keep < 0 ? Life.NEVER : now + keep;
        tell(life.id, how, how == State.FINISHED || keep == 0);
    }

    /** It is deleted, or expires: what waits for it will never see its end. */
    void delete(Life life) {
        release(life);
        life.state = State.GONE;
        tell(life.id, State.GONE, true);
    }

    private void release(Life life) {
        life.missing.clear();
        life.claim = null;
        String key = life.wish.unique;
        if (key != null && life.wish.uniqueFor == 0 && life.id.equals(holders.get(key))) {
            holders.remove(key);
        }
    }

    private List<Life> children(String parent) {
        return lives.values().stream()
                .filter(life -> life.state == State.BLOCKED && life.missing.contains(parent))
                .toList();
    }

    /** Tells those who wait for a job how it ended, and whether that is for good. */
    private void tell(String parent, State how, boolean forGood) {
        for (Life child : children(parent)) {
            boolean good = how == State.FINISHED;
            OnParentFailure fate = child.wish.fate;
            if (!child.missing.contains(parent)) {
                continue; // taken back with another that was told before
            }
            if (child.waitsForOneEndOf(parent)) {
                if (how == child.runIf) {
                    meet(child, parent);
                } else if (good || forGood) {
                    delete(child);
                }
            } else if (good || fate == OnParentFailure.RUN) {
                meet(child, parent);
            } else if (forGood || fate == OnParentFailure.CANCEL) {
                callOff(child, forGood);
            }
        }
    }

    private void meet(Life child, String parent) {
        child.missing.remove(parent);
        if (child.missing.isEmpty()) {
            child.runIf = null;
        }
        place(child);
    }

    private void callOff(Life life, boolean forGood) {
        release(life);
        life.eitherWay = life.expires <= now;
        cancel(life);
        tell(life.id, State.CANCELED, forGood || life.state == State.GONE);
    }

    private void cancel(Life life) {
        int keep = life.failure == Keep.DEFAULT ? A_YEAR : life.failure.units;
        life.state = keep == 0 ? State.GONE : State.CANCELED;
        life.goneAt = keep < 0 ? Life.NEVER : now + keep;
    }

    /** Of a job that was to expire and to be taken back at one time, the one has happened or the other. */
    void turnedOut(Life life, boolean canceled) {
        life.eitherWay = false;
        if (canceled) {
            cancel(life);
        } else {
            life.state = State.GONE;
        }
    }

    /** Returns whether no other job has the unique key that it had until it ended, if it had one. */
    boolean mayHaveItsKeyAgain(Life life) {
        String key = life.wish.uniqueFor == 0 ? life.wish.unique : null;
        return key == null || life.id.equals(holders.getOrDefault(key, life.id));
    }

    /** Runs a job once more that ended badly. */
    void requeue(Life life) {
        life.retries += life.wish.retries > 0 ? life.failures : 0;
        life.failures = 0;
        life.recoveries = 0;
        life.asked = 0;
        life.goneAt = Life.NEVER;
        life.expires = Life.NEVER;
        life.due = 0;
        String key = life.wish.unique;
        if (key != null && life.wish.uniqueFor == 0) {
            holders.put(key, life.id);
            heldUntil.put(key, Life.NEVER);
        }
        if (life.state == State.CANCELED) {
            life.wish.parents.stream().filter(this::isUnended).forEach(life.missing::add);
            life.runIf = life.missing.stream().anyMatch(life::waitsForOneEndOf) ? life.runIf : null;
        }
        place(life);
    }

    private boolean isUnended(String id) {
        return exists(id) && !lives.get(id).state.hasEnded();
    }

    void retain(Life life, Keep keep) {
        if (life.state.hasEnded() && keep.units == 0) {
            delete(life);
            return;
        }
        life.result = keep;
        life.failure = keep;
        if (life.state.hasEnded()) {
            life.goneAt = keep.units < 0 ? Life.NEVER : now + keep.units;
        }
    }

    void promote(String queue) {
        for (Life life : in(State.DELAYED)) {
            if (life.queue.equals(queue) && life.due <= now) {
                life.state = State.READY;
            }
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
                delete(life);
            }
        }
        for (Life life : in(State.GONE)) {
            tell(life.id, State.GONE, true);
        }
    }

    private static int nth(List<Integer> intervals, int n) {
        return intervals.get(Math.min(n, intervals.size()) - 1);
    }
}
